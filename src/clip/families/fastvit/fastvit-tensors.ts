import {
  linearShapes,
  normShapes,
  batchNormShapes,
  type Shapes,
  type TensorShapes,
} from '../../weights/tensor-shapes';
import { timmHeadShapes } from '../timm-head';
import { branchShapes, foldableShapes, normedShapes, type Branches } from './branches';
import type { FastVitArchitecture, FastVitStage } from './fastvit-config';

export const TRUNK = 'visual.trunk';
export const CLASSIFIER = `${TRUNK}.head.fc`;

/** Sides of the kernels of large steps down, of positions and of MLPs. */
export const LARGE = 7;

/** Side of the kernel that mixes tokens. */
export const MIXER = 3;

/** Side of the smaller branch of a step down. */
export const SMALL = 3;

/** The stem's three convolutions; the first two halve the map. */
export function stemBranches({ stages, scalesStem }: FastVitArchitecture): readonly Branches[] {
  const width = stages[0]!.channels;
  const of = (
    at: number,
    rest: Pick<Branches, 'inputs' | 'size' | 'groups' | 'scales' | 'keeps'>,
  ): Branches => {
    return { name: `${TRUNK}.stem.${at}`, outputs: width, ...rest };
  };
  return [
    of(0, { inputs: 3, size: 3, groups: 1, scales: scalesStem, keeps: false }),
    of(1, { inputs: width, size: 3, groups: width, scales: scalesStem, keeps: false }),
    of(2, { inputs: width, size: 1, groups: 1, scales: false, keeps: true }),
  ];
}

/** The convolution of 1 x 1 that ends a step down. */
export function halvingBranches(name: string, channels: number): Branches {
  const rest = { inputs: channels, outputs: channels, size: 1, groups: 1, scales: false, keeps: true };
  return { name: `${name}.proj.1`, ...rest };
}

/** The convolution that mixes tokens in place of attention. */
export function mixerBranches(name: string, channels: number): Branches {
  const rest = { inputs: channels, outputs: channels, size: MIXER, groups: channels };
  return { name: `${name}.mixer`, ...rest, scales: true, keeps: true };
}

/** The last convolution. */
export function finalBranches({ stages, finalWidth }: FastVitArchitecture): Branches {
  const width = stages.at(-1)!.channels;
  const rest = { inputs: width, outputs: finalWidth, size: 3, groups: width, scales: true, keeps: false };
  return { name: `${TRUNK}.final_conv`, ...rest };
}

/** Names and shapes; those of branches in the form that a checkpoint has. */
export function fastVitTensors(
  vision: FastVitArchitecture,
  has: (name: string) => boolean = () => false,
): TensorShapes {
  const { stages, finalWidth, head } = vision;
  return new Map([
    ...stemBranches(vision).flatMap((branches) => branchShapes(branches, has)),
    ...stages.flatMap((stage, at) => stageShapes(stage, `${TRUNK}.stages.${at}`, has)),
    ...branchShapes(finalBranches(vision), has),
    // timm: a sixteenth, rounded.
    ...squeezeShapes(`${TRUNK}.final_conv.se`, finalWidth, Math.max(1, Math.floor(finalWidth / 16 + 0.5))),
    ...timmHeadShapes(head, finalWidth, CLASSIFIER),
  ]);
}

function stageShapes(stage: FastVitStage, name: string, has: (name: string) => boolean): Shapes {
  const { channels, blocks, mixer, halves } = stage;
  const down = `${name}.downsample`;
  const large = `${down}.proj.0`;
  const inGroup = 1;
  const positions = `${name}.pos_emb`;
  return [
    ...(halves
      ? [
          ...foldableShapes(large, [channels, inGroup, LARGE], has, () => [
            ...normedShapes(`${large}.large_conv`, channels, inGroup, LARGE),
            ...normedShapes(`${large}.small_conv`, channels, inGroup, SMALL),
          ]),
          // timm: a quarter, to the next multiple of 8.
          ...(stage.squeezes
            ? squeezeShapes(`${large}.se`, channels, Math.max(8, Math.floor((channels / 4 + 4) / 8) * 8))
            : []),
          ...branchShapes(halvingBranches(down, channels), has),
        ]
      : []),
    ...(mixer === 'attention'
      ? foldableShapes(positions, [channels, 1, LARGE], has, () => [
          [`${positions}.pos_enc.weight`, [channels, 1, LARGE, LARGE]],
          [`${positions}.pos_enc.bias`, [channels]],
        ])
      : []),
    ...Array.from({ length: blocks }, (_, at) => blockShapes(stage, `${name}.blocks.${at}`, has)).flat(),
  ];
}

function blockShapes(stage: FastVitStage, name: string, has: (name: string) => boolean): Shapes {
  const { channels, mlpWidth, mixer, norm } = stage;
  const tokens = `${name}.token_mixer`;
  const scale = (of: string): Shapes => [[`${of}.gamma`, [channels, 1, 1]]];
  const convolution = (of: string, outputs: number, inputs: number): Shapes => [
    [`${of}.weight`, [outputs, inputs, 1, 1]],
    [`${of}.bias`, [outputs]],
  ];
  const mixed: Shapes =
    mixer === 'attention'
      ? [
          ...(norm === 'batch' ? batchNormShapes : normShapes)(`${name}.norm`, channels),
          [`${tokens}.qkv.weight`, [3 * channels, channels]],
          ...linearShapes(`${tokens}.proj`, channels, channels),
          ...scale(`${name}.layer_scale_1`),
        ]
      : foldableShapes(tokens, [channels, 1, MIXER], has, () => [
          ...batchNormShapes(`${tokens}.norm.identity`, channels),
          ...branchShapes(mixerBranches(tokens, channels), () => false),
          ...scale(`${tokens}.layer_scale`),
        ]);
  return [
    ...mixed,
    ...normedShapes(`${name}.mlp.conv`, channels, 1, LARGE),
    ...convolution(`${name}.mlp.fc1`, mlpWidth, channels),
    ...convolution(`${name}.mlp.fc2`, channels, mlpWidth),
    ...scale(mixer === 'attention' ? `${name}.layer_scale_2` : `${name}.layer_scale`),
  ];
}

function squeezeShapes(name: string, channels: number, inside: number): Shapes {
  return [
    [`${name}.fc1.weight`, [inside, channels, 1, 1]],
    [`${name}.fc1.bias`, [inside]],
    [`${name}.fc2.weight`, [channels, inside, 1, 1]],
    [`${name}.fc2.bias`, [channels]],
  ];
}
