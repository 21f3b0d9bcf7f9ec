import { Failure } from '../../core/failure';
import { DTYPE_BITS, elementCount, type TensorInfo, type WeightsHeader } from '../../formats/safetensors';
import { timmTensor } from '../families/vit/timm-names';

/** Names of transformers' `CLIPModel` and `SiglipModel`, and OpenCLIP's for the same parts, longer names first. */
const OPEN_CLIP_NAMES: readonly (readonly [transformers: string, openClip: string])[] = [
  ['vision_model.embeddings.class_embedding', 'visual.class_embedding'],
  ['vision_model.embeddings.patch_embedding.', 'visual.conv1.'],
  ['vision_model.embeddings.position_embedding.weight', 'visual.positional_embedding'],
  ['vision_model.pre_layrnorm.', 'visual.ln_pre.'],
  ['vision_model.post_layernorm.', 'visual.ln_post.'],
  ['vision_model.encoder.layers.', 'visual.transformer.resblocks.'],
  ['vision_model.head.probe', 'visual.attn_pool.latent'],
  ['vision_model.head.attention.out_proj.', 'visual.attn_pool.proj.'],
  ['vision_model.head.layernorm.', 'visual.attn_pool.ln_2.'],
  ['vision_model.head.', 'visual.attn_pool.'],
  ['visual_projection.weight', 'visual.proj'],
  ['text_model.embeddings.token_embedding.', 'token_embedding.'],
  ['text_model.embeddings.position_embedding.weight', 'positional_embedding'],
  ['text_model.encoder.layers.', 'transformer.resblocks.'],
  ['text_model.final_layer_norm.', 'ln_final.'],
  ['text_projection.weight', 'text_projection'],
  ['text_model.head.', 'text_projection.'],
  ['.layer_norm1.', '.ln_1.'],
  ['.layer_norm2.', '.ln_2.'],
  ['.self_attn.', '.attn.'],
  ['.mlp.fc1.', '.mlp.c_fc.'],
  ['.mlp.fc2.', '.mlp.c_proj.'],
];

/** Matrices that OpenCLIP has as parameters of their own, `[in, out]`, and transformers as linear layers. */
const TURNED: ReadonlySet<string> = new Set(['visual_projection.weight', 'text_projection.weight']);

/** Queries, keys and values of a block, which OpenCLIP keeps as one tensor. */
const APART = /^(.*\.self_attn\.)([qkv])(_proj\.)(weight|bias)$/;

/** The same of SigLIP's map head, which timm keeps as two. */
const PACKED = /^(vision_model\.head\.)attention\.in_proj_(weight|bias)$/;

/** Positions of patches, which timm keeps with an axis of 1 in front. */
const POSITIONS = 'vision_model.embeddings.position_embedding.weight';

/** Whether the tensors are named as in transformers' `CLIPModel` and `SiglipModel`. */
export function isHfForm({ tensors }: WeightsHeader): boolean {
  return [...tensors.keys()].some((name) => /^(?:vision|text)_model\./.test(name));
}

/**
 * The tensors of a `CLIPModel` or `SiglipModel`, named, joined, cut and turned as OpenCLIP has them; a SigLIP's as in
 * timm and `CustomTextCLIP`. `TensorInfo.name` stays the name in the file.
 * @throws TensorMissing, TensorMismatch where parts do not make a whole
 */
export function fromHfForm({ tensors }: WeightsHeader): WeightsHeader {
  const isSiglip = [...tensors.keys()].some((name) => /^(?:vision|text)_model\.head\./.test(name));
  const nameOf = isSiglip ? siglipName : openClipName;
  const entries = [...tensors].flatMap(([name, info]): [string, TensorInfo][] => {
    const [, block, letter, middle, kind] = APART.exec(name) ?? [];
    if (letter !== undefined) {
      const parts = ['q', 'k', 'v'].map((one) => partOf(tensors, `${block}${one}${middle}${kind}`));
      return letter === 'q' ? [[nameOf(`${block}in_proj_${kind}`), joined(parts)]] : [];
    }
    const [packed, pool, of] = PACKED.exec(name) ?? [];
    if (packed !== undefined) {
      const third = thirdOf(info);
      return [
        [nameOf(`${pool}q.${of}`), rowsOf(info, 0, third)],
        [nameOf(`${pool}kv.${of}`), rowsOf(info, third, 3 * third)],
      ];
    }
    if (isSiglip && name === POSITIONS) return [[nameOf(name), withAxis(info)]];
    return [[nameOf(name), TURNED.has(name) && !isSiglip ? turned(info) : info]];
  });
  return { tensors: new Map(entries) };
}

function openClipName(name: string): string {
  return OPEN_CLIP_NAMES.reduce((before, [from, to]) => before.replace(from, to), name);
}

function siglipName(name: string): string {
  const renamed = openClipName(name);
  if (renamed.startsWith('visual.')) return timmTensor(renamed, []).name;
  return renamed.startsWith('logit_') ? renamed : `text.${renamed}`;
}

function partOf(tensors: WeightsHeader['tensors'], name: string): TensorInfo {
  const part = tensors.get(name);
  if (part === undefined) throw new Failure('TensorMissing', `The checkpoint has no tensor ${name}.`);
  return part;
}

/** Tensors of one shape and type as one, one after the other along the first axis. */
function joined(pieces: readonly TensorInfo[]): TensorInfo {
  const [first, ...others] = pieces as readonly [TensorInfo, ...TensorInfo[]];
  const odd = others.find(
    ({ dtype, shape }) => dtype !== first.dtype || shape.join(' x ') !== first.shape.join(' x '),
  );
  if (odd) {
    const kinds = [odd, first].map(({ name, dtype, shape }) => `${name} is ${dtype} (${shape.join(' x ')})`);
    throw new Failure('TensorMismatch', `${kinds.join(', ')}; they belong to one layer.`);
  }
  const [rows = 0, ...rest] = first.shape;
  return {
    // Its neighbours have the same name but for one letter.
    name: first.name.replace(APART, '$1{q,k,v}$3$4'),
    dtype: first.dtype,
    shape: [rows * pieces.length, ...rest],
    pieces,
    start: Math.min(...pieces.map(({ start }) => start)),
    end: Math.max(...pieces.map(({ end }) => end)),
  };
}

/** A third of a tensor's rows: those of the queries, or the keys, or the values. */
function thirdOf({ name, shape, strides }: TensorInfo): number {
  const [rows = 0] = shape;
  if (rows % 3 === 0 && strides === undefined) return rows / 3;
  const what = strides ? 'is not stored row by row' : `has ${rows} rows`;
  throw new Failure('TensorMismatch', `${name} ${what}; a third of them each make queries, keys and values.`);
}

/** Rows `from` to `to` of a tensor in row-major order. */
function rowsOf(info: TensorInfo, from: number, to: number): TensorInfo {
  const [, ...rest] = info.shape;
  const rowBytes = (elementCount(rest) * DTYPE_BITS[info.dtype]) / 8;
  return {
    ...info,
    shape: [to - from, ...rest],
    start: info.start + from * rowBytes,
    end: info.start + to * rowBytes,
  };
}

/** A matrix with its axes exchanged. */
function turned(info: TensorInfo): TensorInfo {
  const { shape, strides = [shape[1] ?? 0, 1] } = info;
  return shape.length === 2 ? { ...info, shape: shape.toReversed(), strides: strides.toReversed() } : info;
}

/** A tensor with an axis of 1 in front. */
function withAxis(info: TensorInfo): TensorInfo {
  const { shape, strides } = info;
  return { ...info, shape: [1, ...shape], ...(strides && { strides: [0, ...strides] }) };
}
