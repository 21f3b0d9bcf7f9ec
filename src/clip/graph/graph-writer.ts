import {
  dtypeCode,
  encodeModel,
  type OnnxAttribute,
  type OnnxDtype,
  type OnnxExternalData,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValueInfo,
} from '../../formats/onnx';
import { BLOCK } from '../weights/quantise';
import { isBlockTensor, layoutOf, type PlainTensor, type StoredTensor } from '../weights/stored-tensor';
import { int8ScalesStart, type Int8Tensor } from '../weights/int8';
import type { Floats } from '../weights/weights';

/** The name of a value that flows through the graph. */
export type Value = string;

/**
 * Why opset 20: LayerNormalization is one operator from 17 on (decomposed, WebGPU's fp16 overflows in it) and Gelu
 * from 20 on. `com.microsoft` holds MultiHeadAttention, QuickGelu and MatMulNBits.
 */
const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** Names of the nodes that run on the CPU even with a GPU provider. */
export const CPU_NODES = ['weight-rows', 'weight-rows-cast'] as const;

/** A tower's weights by the names of its graph. */
export type WeightTable = ReadonlyMap<string, StoredTensor | Int8Tensor>;

/** A tower, or a part of one. */
export interface Graph {
  /** The ONNX model. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Paths of the files that its weights are in. */
  readonly files: ReadonlySet<string>;
  /** Names of what it tells instead of its output, in order. */
  readonly told: readonly string[];
}

/** An int8 matrix: weights int8 [in, out], scales fp32 [out]. */
export interface Int8Weight {
  readonly data: Value;
  readonly scales: Value;
}

/** A block-quantised matrix [out, in]: inputs and attributes of MatMulNBits. */
export interface BlockWeight {
  readonly data: Value;
  readonly scales: Value;
  readonly attributes: Readonly<Record<'K' | 'N' | 'bits' | 'block_size', number>>;
}

/**
 * Collects one tower's nodes. Weights are external data: the graph holds only their file, offset and length.
 *
 * Every value has the graph's arithmetic, fp32 or fp16, except the results of `toFloat32`. Weights, constants and
 * inputs of another type go through a Cast, which onnxruntime folds for constants when it loads the graph.
 */
export class GraphWriter {
  readonly arithmetic: Floats;
  readonly #name: string;
  readonly #weights: WeightTable;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #weightValues = new Map<string, Value>();
  readonly #shared = new Map<string, Value>();
  readonly #told: { readonly name: string; readonly value: Value }[] = [];
  #count = 0;

  constructor(name: string, weights: WeightTable, arithmetic: Floats) {
    this.#name = name;
    this.#weights = weights;
    this.arithmetic = arithmetic;
  }

  /**
   * Adds a node with one output and returns that output. An input '' is an absent optional one. Those at the end are left
   * out: WebGPU's Conv takes even an empty name for a bias.
   */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, OnnxAttribute> = {},
    domain = '',
  ): Value {
    return this.#add(opType, inputs, attributes, domain, 1)[0] ?? '';
  }

  /** Adds a Split into three equal parts along `axis`. */
  splitInThree(input: Value, axis: number): [Value, Value, Value] {
    const [first = '', second = '', third = ''] = this.#add(
      'Split',
      [input],
      { axis, num_outputs: 3 },
      '',
      3,
    );
    return [first, second, third];
  }

  /** A weight stored as numbers. @throws RangeError for a block-quantised matrix: use `blocks` */
  weight(name: string): Value {
    const tensor = this.#plain(name);
    const value = this.#weightValues.get(name) ?? this.#fromStored(this.#initializer(tensor), tensor.dtype);
    this.#weightValues.set(name, value);
    return value;
  }

  /** As `weight`, fp32 in either arithmetic, to compute constants from; a cast to the arithmetic comes last. */
  weight32(name: string): Value {
    const tensor = this.#plain(name);
    const stored = this.#initializer(tensor);
    return tensor.dtype === 'F32' ? stored : this.node('Cast', [stored], { to: dtypeCode('float32') });
  }

  /**
   * The rows of a weight with the indices `rows`, looked up on the CPU.
   *
   * Why the Cast comes after the Gather: in the other order onnxruntime would fold it and hold the whole table as fp32,
   * twice its stored size. Why on the CPU: the ids are there, a table may exceed a GPU's largest binding, and a GPU
   * without `shader-f16` cannot read fp16.
   */
  weightRows(name: string, rows: Value): Value {
    const tensor = this.#plain(name);
    const [gather, cast] = CPU_NODES;
    const inputs = [this.#initializer(tensor), rows];
    this.#nodes.push({ opType: 'Gather', name: gather, inputs, outputs: [gather], attributes: { axis: 0 } });
    const [kept, wanted] = [onnxDtype(tensor), this.arithmetic === 'fp16' ? 'float16' : 'float32'] as const;
    if (kept === wanted) return gather;
    const attributes = { to: dtypeCode(wanted) };
    this.#nodes.push({ opType: 'Cast', name: cast, inputs: [gather], outputs: [cast], attributes });
    return cast;
  }

  /** A block-quantised matrix for MatMulNBits; undefined for a weight stored as numbers. */
  blocks(name: string): BlockWeight | undefined {
    const tensor = this.#tensor(name);
    if (tensor.dtype === 'I8' || !isBlockTensor(tensor)) return undefined;
    const { file: location, offset } = tensor;
    const layout = layoutOf(tensor);
    const { rows, width, bits, blocks, blockBytes, dataBytes, scalesStart, scalesBytes } = layout;
    const data = this.#external(
      { name: `blocks:${name}`, dtype: 'uint8', dims: [rows, blocks, blockBytes] },
      { location, offset, length: dataBytes },
    );
    const scales = this.#external(
      { name: `scales:${name}`, dtype: 'float16', dims: [rows, blocks] },
      { location, offset: offset + scalesStart, length: scalesBytes },
    );
    const attributes = { K: width, N: rows, bits, block_size: BLOCK };
    return { data, scales: this.#fromStored(scales, 'F16'), attributes };
  }

  /** A matrix in int8; undefined for a weight of another kind. */
  int8(name: string): Int8Weight | undefined {
    const tensor = this.#tensor(name);
    if (tensor.dtype !== 'I8') return undefined;
    const { file: location, offset, shape } = tensor;
    const [rows = 0, width = 0] = shape;
    const data = this.#external(
      { name: `int8:${name}`, dtype: 'int8', dims: [width, rows] },
      { location, offset, length: rows * width },
    );
    const scales = this.#external(
      { name: `scales:${name}`, dtype: 'float32', dims: [rows] },
      { location, offset: offset + int8ScalesStart(shape), length: 4 * rows },
    );
    return { data, scales };
  }

  /** An fp32 value, such as an input, in the graph's arithmetic. */
  fromFloat32(value: Value): Value {
    return this.arithmetic === 'fp32' ? value : this.node('Cast', [value], { to: dtypeCode('float16') });
  }

  /** A value of the graph's arithmetic, cast to fp32. */
  toFloat32(value: Value): Value {
    return this.arithmetic === 'fp32' ? value : this.node('Cast', [value], { to: dtypeCode('float32') });
  }

  /** A small int64 constant: a list, or a scalar for a single number. */
  integers(values: readonly number[] | number): Value {
    const name = `integers:${JSON.stringify(values)}`;
    const list = typeof values === 'number' ? [values] : values;
    this.#initializers.set(name, {
      name,
      dtype: 'int64',
      dims: typeof values === 'number' ? [] : [list.length],
      data: BigInt64Array.from(list, (value) => BigInt(value)),
    });
    return name;
  }

  /** An int32 scalar. */
  int32(value: number): Value {
    const name = `int32:${value}`;
    this.#initializers.set(name, { name, dtype: 'int32', dims: [], data: Int32Array.of(value) });
    return name;
  }

  /** A condition as 0 and 1 in the graph's arithmetic. */
  fromBool(value: Value): Value {
    return this.node('Cast', [value], { to: dtypeCode(this.arithmetic === 'fp16' ? 'float16' : 'float32') });
  }

  /** A uint8 scalar. */
  byte(value: number): Value {
    const name = `byte:${value}`;
    this.#initializers.set(name, { name, dtype: 'uint8', dims: [], data: Uint8Array.of(value) });
    return name;
  }

  /** A small constant of shape `dims`. */
  floats(values: readonly number[] | Float32Array, dims: readonly number[]): Value {
    return this.fromFloat32(this.floats32(values, dims));
  }

  /** A small constant of shape `dims`, fp32 in either arithmetic. */
  floats32(values: readonly number[] | Float32Array, dims: readonly number[]): Value {
    const name = `floats:${this.#initializers.size}`;
    this.#initializers.set(name, { name, dtype: 'float32', dims, data: Float32Array.from(values) });
    return name;
  }

  /** What `make` gave when `name` was first asked for: a table that every layer reads. */
  shared(name: string, make: () => Value): Value {
    const value = this.#shared.get(name) ?? make();
    this.#shared.set(name, value);
    return value;
  }

  reshape(input: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [input, this.integers(shape)]);
  }

  transpose(input: Value, perm: readonly number[]): Value {
    return this.node('Transpose', [input], { perm: [...perm] });
  }

  /** As PyTorch has it. */
  shapeOf(name: string): readonly number[] {
    return this.#tensor(name).shape;
  }

  /** Whether a weight of this name was stored. */
  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /** Makes `values`, one behind the other, a part of what the graph gives instead of its output: fp32 numbers. */
  tell(name: string, values: readonly Value[]): void {
    const flat = values.map((value) => this.reshape(value, [-1]));
    this.#told.push({ name, value: this.node('Concat', flat, { axis: 0 }) });
  }

  /** The graph whose one output is `output`, unless it has told something. */
  encode(inputs: readonly OnnxValueInfo[], output: Value, outputInfo: OnnxValueInfo): Graph {
    const values = this.#told.map(({ value }) => value);
    const told = values.length > 0 ? this.node('Concat', values, { axis: 0 }) : undefined;
    const shown = told === undefined ? outputInfo : { ...outputInfo, dims: ['told'] };
    this.#nodes.push({ opType: 'Identity', inputs: [told ?? output], outputs: [outputInfo.name] });
    const initializers = [...this.#initializers.values()];
    const model = encodeModel({
      opsets: OPSETS,
      graph: {
        name: this.#name,
        nodes: this.#nodes,
        inputs,
        outputs: [shown],
        initializers,
      },
    });
    const paths = initializers.flatMap((one) => ('external' in one ? [one.external.location] : []));
    return { model, files: new Set(paths), told: this.#told.map(({ name }) => name) };
  }

  #tensor(name: string): StoredTensor | Int8Tensor {
    const tensor = this.#weights.get(name);
    if (tensor === undefined)
      throw new RangeError(`No weight ${name} was stored for the ${this.#name} tower.`);
    return tensor;
  }

  #plain(name: string): PlainTensor {
    const tensor = this.#tensor(name);
    if (tensor.dtype === 'I8' || isBlockTensor(tensor))
      throw new RangeError(`${name} is quantised but was read as numbers.`);
    return tensor;
  }

  #initializer(tensor: PlainTensor): Value {
    const { name, shape, file, offset, byteLength } = tensor;
    return this.#external(
      { name: `weight:${name}`, dtype: onnxDtype(tensor), dims: shape },
      { location: file, offset, length: byteLength },
    );
  }

  #external(
    about: { readonly name: Value; readonly dtype: OnnxDtype; readonly dims: readonly number[] },
    external: OnnxExternalData,
  ): Value {
    this.#initializers.set(about.name, { ...about, external });
    return about.name;
  }

  /** A value stored as `dtype`, in the graph's arithmetic. */
  #fromStored(value: Value, dtype: PlainTensor['dtype']): Value {
    const kept: Floats = dtype === 'F16' ? 'fp16' : 'fp32';
    if (kept === this.arithmetic) return value;
    return kept === 'fp32'
      ? this.fromFloat32(value)
      : this.node('Cast', [value], { to: dtypeCode('float32') });
  }

  #add(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, OnnxAttribute>,
    domain: string,
    outputCount: number,
  ): Value[] {
    const outputs = Array.from({ length: outputCount }, () => `${opType}:${++this.#count}`);
    const given = inputs.slice(0, inputs.findLastIndex((input) => input !== '') + 1);
    this.#nodes.push({ opType, domain, name: outputs[0] ?? '', inputs: given, outputs, attributes });
    return outputs;
  }
}

function onnxDtype({ dtype }: PlainTensor): 'float16' | 'float32' {
  return dtype === 'F16' ? 'float16' : 'float32';
}
