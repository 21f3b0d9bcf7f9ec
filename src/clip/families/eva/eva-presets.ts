import type { Rope } from '../../graph/rope';

/** The settings implied by the name of a timm `Eva`, and by nothing else in a checkpoint. */
export interface EvaPreset {
  /** Pixels per side. */
  readonly patchSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly normEpsilon: number;
  readonly form: EvaForm;
  readonly classToken: boolean;
  readonly rope?: Rope;
  /** Absent: the class token is read. */
  readonly pool?: { readonly heads: number; readonly mlpRatio: number };
}

/**
 * How the blocks are built. `eva`: a packed matrix of query, key and value, without a bias of the keys, and a patch
 * convolution with a bias. `eva-post-norm`: the same, with norms behind attention and MLP in place of before them.
 * `eva02`: three matrices, a norm on the attention's output, and a SwiGLU with a norm in place of GELU's MLP. `pe`:
 * OpenCLIP's own blocks, with a norm before them and no bias of the patch convolution.
 */
export type EvaForm = 'eva' | 'eva-post-norm' | 'eva02' | 'pe';

type Sizes = Pick<EvaPreset, 'patchSize' | 'width' | 'layers' | 'heads' | 'mlpRatio'>;

/** EVA and EVA-02 of EVA-CLIP, and the Perception Encoder, as timm 1.0.29 defines them (`timm/models/eva.py`). */
export const EVA_PRESETS: Readonly<Record<string, EvaPreset>> = {
  eva_giant_patch14_224: eva('eva', sizes(14, 1408, 40, 16, 6144 / 1408)),
  eva_giant_patch14_clip_224: eva('eva', sizes(14, 1408, 40, 16, 6144 / 1408)),
  eva02_base_patch16_clip_224: eva02(sizes(16, 768, 12, 12, (4 * 2) / 3)),
  eva02_large_patch14_clip_224: eva02(sizes(14, 1024, 24, 16, (4 * 2) / 3)),
  eva02_large_patch14_clip_336: eva02(sizes(14, 1024, 24, 16, (4 * 2) / 3)),
  eva02_enormous_patch14_clip_224: eva('eva-post-norm', sizes(14, 1792, 64, 16, 15360 / 1792)),
  vit_pe_core_tiny_patch16_384: pe(sizes(16, 192, 12, 3), 24, true),
  vit_pe_core_small_patch16_384: pe(sizes(16, 384, 12, 6), 24, true),
  vit_pe_core_base_patch16_224: pe(sizes(16, 768, 12, 12), 14, true),
  vit_pe_core_large_patch14_336: pe(sizes(14, 1024, 24, 16), 24, true),
  vit_pe_core_gigantic_patch14_448: pe(sizes(14, 1536, 50, 16, 8960 / 1536), 32, false),
};

function sizes(patchSize: number, width: number, layers: number, heads: number, mlpRatio = 4): Sizes {
  return { patchSize, width, layers, heads, mlpRatio };
}

function eva(form: EvaForm, shape: Sizes): EvaPreset {
  return { ...shape, form, normEpsilon: 1e-6, classToken: true };
}

/** Positions of any grid are stretched to the 16 x 16 patches of 14 pixels that EVA-02 was pretrained with. */
function eva02(shape: Sizes): EvaPreset {
  const rope = { reference: [16, 16], offset: 0, order: 'yx', temperature: 10_000 } as const;
  return { ...eva('eva02', shape), rope };
}

/** @param side patches per side of the grid that it was pretrained with */
function pe(shape: Sizes, side: number, classToken: boolean): EvaPreset {
  return {
    ...shape,
    form: 'pe',
    normEpsilon: 1e-5,
    classToken,
    rope: { reference: [side, side], offset: classToken ? 1 : 0, order: 'xy', temperature: 10_000 },
    pool: { heads: 8, mlpRatio: 4 },
  };
}
