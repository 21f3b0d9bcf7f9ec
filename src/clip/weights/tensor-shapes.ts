import type { TensorInfo } from '../../formats/safetensors';
import type { TransformerArchitecture } from '../config/transformer-config';

/** Names and shapes, as PyTorch stores them: a linear layer's weight is `[out, in]`. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** A tensor's name and shape in a checkpoint. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** How the values of a tensor made for another picture size or context length become those of the tower. */
export type ResizeValues = (values: Float32Array) => Float32Array<ArrayBuffer>;

/** A tensor in a checkpoint, with the shape that the tower needs. */
export interface PlacedTensor extends TensorInfo {
  readonly resize?: ResizeValues;
}

/** Names and shapes of a part of a tower. */
export type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

/** The number of weights in `shapes`. */
export function countWeights(shapes: TensorShapes): number {
  let sum = 0;
  for (const shape of shapes.values()) sum += shape.reduce((product, size) => product * size, 1);
  return sum;
}

/** The blocks of OpenCLIP's `Transformer`. */
export function blockShapes(stack: string, transformer: TransformerArchitecture): Shapes {
  const { width } = transformer;
  return Array.from({ length: transformer.layers }, (_, layer): Shapes => {
    const block = `${stack}.resblocks.${layer}`;
    const scale = (name: string): Shapes =>
      transformer.layerScale ? [[`${block}.${name}.gamma`, [width]]] : [];
    return [
      ...normShapes(`${block}.ln_1`, width),
      [`${block}.attn.in_proj_weight`, [3 * width, width]],
      [`${block}.attn.in_proj_bias`, [3 * width]],
      ...linearShapes(`${block}.attn.out_proj`, width, width),
      ...scale('ls_1'),
      ...feedForwardShapes(block, transformer),
      ...scale('ls_2'),
    ];
  }).flat();
}

/** A norm and an MLP of `block`. */
export function feedForwardShapes(
  block: string,
  { width, mlpWidth }: Pick<TransformerArchitecture, 'width' | 'mlpWidth'>,
): Shapes {
  return [
    ...normShapes(`${block}.ln_2`, width),
    ...linearShapes(`${block}.mlp.c_fc`, mlpWidth, width),
    ...linearShapes(`${block}.mlp.c_proj`, width, mlpWidth),
  ];
}

export function linearShapes(name: string, outputs: number, inputs: number): Shapes {
  return [
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ];
}

export function normShapes(name: string, width: number): Shapes {
  return [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
}

/** A BatchNorm, with the mean and variance that it measured. */
export function batchNormShapes(name: string, channels: number): Shapes {
  return ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [channels]]);
}
