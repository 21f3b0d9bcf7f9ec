import {
  dtypeCode,
  encodeModel,
  type OnnxAttribute,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValueInfo,
} from '../formats/onnx';
import type { StoredTensor } from './weights';

/** The name of a value that flows through the graph. */
export type Value = string;

/**
 * Why opset 20: LayerNormalization is one operator from 17 on (decomposed, WebGPU's fp16 overflows in it) and Gelu
 * from 20 on. `com.microsoft` holds MultiHeadAttention and QuickGelu.
 */
const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** Collects one tower's nodes. Weights stay where they lie: the graph only names file, offset and length. */
export class GraphWriter {
  readonly #name: string;
  readonly #weights: ReadonlyMap<string, StoredTensor>;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();
  readonly #widened = new Map<string, Value>();
  #count = 0;

  constructor(name: string, weights: ReadonlyMap<string, StoredTensor>) {
    this.#name = name;
    this.#weights = weights;
  }

  /** Adds a node with one output and returns that output. An input '' is an absent optional one. */
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

  /** A weight as fp32: fp16-stored ones are widened by a Cast, which onnxruntime folds when it loads the graph. */
  weight(name: string): Value {
    const tensor = this.#weights.get(name);
    if (tensor === undefined)
      throw new RangeError(`No weight ${name} was stored for the ${this.#name} tower.`);
    const value = `weight:${name}`;
    this.#initializers.set(value, {
      name: value,
      dtype: tensor.dtype === 'F16' ? 'float16' : 'float32',
      dims: tensor.shape,
      external: { location: tensor.file, offset: tensor.offset, length: tensor.byteLength },
    });
    if (tensor.dtype === 'F32') return value;
    const widened = this.#widened.get(name) ?? this.node('Cast', [value], { to: dtypeCode('float32') });
    this.#widened.set(name, widened);
    return widened;
  }

  /** A small constant of whole numbers, a list or (without brackets) one value. */
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

  /** A small fp32 constant of shape `dims`. */
  floats(values: readonly number[] | Float32Array, dims: readonly number[]): Value {
    const name = `floats:${this.#initializers.size}`;
    this.#initializers.set(name, { name, dtype: 'float32', dims, data: Float32Array.from(values) });
    return name;
  }

  reshape(input: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [input, this.integers(shape)]);
  }

  transpose(input: Value, perm: readonly number[]): Value {
    return this.node('Transpose', [input], { perm: [...perm] });
  }

  /** The bytes of the ONNX model whose one output is `output`. */
  encode(
    inputs: readonly OnnxValueInfo[],
    output: Value,
    outputInfo: OnnxValueInfo,
  ): Uint8Array<ArrayBuffer> {
    this.#nodes.push({ opType: 'Identity', inputs: [output], outputs: [outputInfo.name] });
    return encodeModel({
      opsets: OPSETS,
      graph: {
        name: this.#name,
        nodes: this.#nodes,
        inputs,
        outputs: [outputInfo],
        initializers: [...this.#initializers.values()],
      },
    });
  }

  #add(
    opType: string,
    inputs: readonly Value[],
    attributes: Record<string, OnnxAttribute>,
    domain: string,
    outputCount: number,
  ): Value[] {
    const outputs = Array.from({ length: outputCount }, () => `${opType}:${++this.#count}`);
    this.#nodes.push({ opType, domain, name: outputs[0] ?? '', inputs, outputs, attributes });
    return outputs;
  }
}
