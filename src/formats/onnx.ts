import { PbfWriter } from 'pbf';

/** Element types by the names onnxruntime-web uses, with their number (`TensorProto.DataType`) and size in bytes. */
const DTYPES = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
} as const;

export type OnnxDtype = keyof typeof DTYPES;

/** The code of `dtype` in an attribute, such as the `to` of a Cast. */
export function dtypeCode(dtype: OnnxDtype): number {
  return DTYPES[dtype].code;
}

/** Plain numbers and lists are integers; floats are wrapped, since 1 and 1.0 are the same value in JavaScript. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };

export interface OnnxNode {
  readonly opType: string;
  /** '' or absent is the ONNX standard's domain; 'com.microsoft' has onnxruntime's operators. */
  readonly domain?: string;
  readonly name?: string;
  /** Names of values; '' omits an optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output of the graph. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDtype;
  /** A string is a size known only at run time; equal strings mean equal sizes. `[]` is a scalar. */
  readonly dims: readonly (number | string)[];
}

/** A constant of the graph, row-major: inline values if small, external data for weights. */
export type OnnxInitializer = { readonly name: string; readonly dims: readonly number[] } & (
  | { readonly dtype: 'float32'; readonly data: Float32Array }
  | { readonly dtype: 'uint8'; readonly data: Uint8Array }
  | { readonly dtype: 'int32'; readonly data: Int32Array }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array }
  | { readonly dtype: OnnxDtype; readonly external: OnnxExternalData }
);

/** Little-endian bytes outside the model: `length` of them from byte `offset` of the file `location`. */
export interface OnnxExternalData {
  /** A path relative to the model's; onnxruntime-web finds it among its `externalData` by this name. */
  readonly location: string;
  /** Need not be aligned. */
  readonly offset: number;
  readonly length: number;
}

export interface OnnxGraph {
  readonly name: string;
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxInitializer[];
}

export interface OnnxModel {
  /** File format version, default 10, which onnxruntime has supported since 1.18. */
  readonly irVersion?: number;
  /** One for each domain that nodes use; '' is the ONNX standard's. */
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly graph: OnnxGraph;
}

/**
 * The bytes of an `.onnx` file. Equal models give equal bytes. Message and field numbers are those of onnx.proto
 * (https://github.com/onnx/onnx); fields are written in ascending order, like the official writer's.
 * The graph is not validated; onnxruntime does that.
 * @throws RangeError for a non-integer where an integer is required, or data that does not fit its dims: caller errors
 */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  writer.writeVarintField(1, whole(model.irVersion ?? 10, 'ir_version'));
  writer.writeStringField(2, 'clipscope');
  writer.writeMessage(7, writeGraph, model.graph);
  for (const opset of model.opsets) writer.writeMessage(8, writeOpset, opset);
  return new Uint8Array(writer.finish());
}

function writeOpset(opset: OnnxModel['opsets'][number], writer: PbfWriter): void {
  writer.writeStringField(1, opset.domain);
  writer.writeVarintField(2, whole(opset.version, 'opset version'));
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, graph.name);
  for (const initializer of graph.initializers) writer.writeMessage(5, writeInitializer, initializer);
  for (const input of graph.inputs) writer.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) writer.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of node.outputs) writer.writeStringField(2, output);
  if (node.name) writer.writeStringField(3, node.name);
  writer.writeStringField(4, node.opType);
  for (const attribute of Object.entries(node.attributes ?? {})) {
    writer.writeMessage(5, writeAttribute, attribute);
  }
  if (node.domain) writer.writeStringField(7, node.domain);
}

/** `AttributeProto`: name (1), one value in the field of its type, and that type (20). */
function writeAttribute([name, value]: readonly [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  if (typeof value === 'number') {
    writer.writeVarintField(3, integer(value, name));
    writer.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    writer.writeStringField(4, value);
    writer.writeVarintField(20, 3);
  } else if ('float' in value) {
    writer.writeFloatField(2, value.float);
    writer.writeVarintField(20, 1);
  } else if ('floats' in value) {
    for (const item of value.floats) writer.writeFloatField(7, item);
    writer.writeVarintField(20, 6);
  } else {
    for (const item of value) writer.writeVarintField(8, integer(item, name));
    writer.writeVarintField(20, 7);
  }
}

/** `ValueInfoProto`: name (1) and type (2), which wraps a tensor type (1) with element type (1) and shape (2). */
function writeValueInfo(info: OnnxValueInfo, writer: PbfWriter): void {
  writer.writeStringField(1, info.name);
  writer.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, info), info);
}

function writeTensorType(info: OnnxValueInfo, writer: PbfWriter): void {
  writer.writeVarintField(1, dtypeCode(info.dtype));
  writer.writeMessage(2, writeShape, info.dims);
}

function writeShape(dims: OnnxValueInfo['dims'], writer: PbfWriter): void {
  for (const dim of dims) writer.writeMessage(1, writeDim, dim);
}

function writeDim(dim: number | string, writer: PbfWriter): void {
  if (typeof dim === 'string') writer.writeStringField(2, dim);
  else writer.writeVarintField(1, whole(dim, 'dimension'));
}

function writeInitializer(initializer: OnnxInitializer, writer: PbfWriter): void {
  const { name, dtype, dims } = initializer;
  for (const dim of dims) writer.writeVarintField(1, whole(dim, `dimension of ${name}`));
  writer.writeVarintField(2, dtypeCode(dtype));
  writer.writeStringField(8, name);
  const takes = dims.reduce((product, dim) => product * dim, DTYPES[dtype].bytes);
  if ('data' in initializer) {
    const { buffer, byteOffset, byteLength } = initializer.data;
    checkLength(name, byteLength, takes);
    writer.writeBytesField(9, new Uint8Array(buffer, byteOffset, byteLength));
  } else {
    const { location, offset, length } = initializer.external;
    checkLength(name, length, takes);
    const entries = { location, offset: whole(offset, `offset of ${name}`), length };
    for (const entry of Object.entries(entries)) writer.writeMessage(13, writeStringEntry, entry);
    writer.writeVarintField(14, 1);
  }
}

function writeStringEntry([key, value]: readonly [string, string | number], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, String(value));
}

function checkLength(name: string, has: number, takes: number): void {
  if (has !== takes) throw new RangeError(`Initializer ${name} has ${has} bytes; its dims take ${takes}.`);
}

function integer(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} (${what}) is not an exact integer.`);
  return value;
}

function whole(value: number, what: string): number {
  if (integer(value, what) < 0) throw new RangeError(`${value} (${what}) is negative.`);
  return value;
}
