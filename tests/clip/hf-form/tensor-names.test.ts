import { describe, expect, it } from 'vitest';
import { fromHfForm, isHfForm } from '../../../src/clip/hf-form/tensor-names';
import { bufferSource } from '../../../src/formats/byte-source';
import { readTensor, type TensorInfo, type WeightsHeader } from '../../../src/formats/safetensors';

/** Tensors of these shapes one after the other, of whole numbers that count up in two bytes. */
function headerOf(shapes: Readonly<Record<string, readonly number[]>>): WeightsHeader {
  let end = 0;
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorInfo] => {
    const start = end;
    end += 2 * shape.reduce((product, size) => product * size, 1);
    return [name, { name, dtype: 'F16', shape, start, end }];
  });
  return { tensors: new Map(tensors) };
}

const COUNTING = bufferSource(Uint16Array.from({ length: 1000 }, (_, at) => at).buffer);

async function valuesOf(info: TensorInfo | undefined): Promise<number[]> {
  return [...new Uint16Array(await readTensor(COUNTING, info!))];
}

const BLOCK = 'vision_model.encoder.layers.0.self_attn';

/** Queries, keys and values of a block, apart as transformers keeps them, with other tensors between. */
const APART = {
  [`${BLOCK}.k_proj.bias`]: [2],
  [`${BLOCK}.out_proj.bias`]: [2],
  [`${BLOCK}.q_proj.bias`]: [2],
  [`${BLOCK}.v_proj.bias`]: [2],
};

describe('tensors named as in transformers', () => {
  it('are told from OpenCLIP’s', () => {
    expect(isHfForm(headerOf(APART))).toBe(true);
    expect(isHfForm(headerOf({ 'visual.proj': [2, 3], 'text.text_model_name': [1] }))).toBe(false);
  });

  it('that belong together are joined in their order, wherever they are', async () => {
    const { tensors } = fromHfForm(headerOf(APART));
    expect([...tensors.keys()]).toEqual([
      'visual.transformer.resblocks.0.attn.out_proj.bias',
      'visual.transformer.resblocks.0.attn.in_proj_bias',
    ]);
    const joined = tensors.get('visual.transformer.resblocks.0.attn.in_proj_bias')!;
    expect(joined).toMatchObject({ name: `${BLOCK}.{q,k,v}_proj.bias`, shape: [6], start: 0, end: 16 });
    expect(await valuesOf(joined)).toEqual([4, 5, 0, 1, 6, 7]);
  });

  it('of a projection are turned', async () => {
    const { tensors } = fromHfForm(headerOf({ 'text_model.x': [0], 'text_projection.weight': [2, 3] }));
    const turned = tensors.get('text_projection')!;
    expect(turned.shape).toEqual([3, 2]);
    expect(await valuesOf(turned)).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('of SigLIP’s pool are cut in queries, and keys with values', async () => {
    const header = headerOf({ 'vision_model.head.attention.in_proj_weight': [6, 2] });
    const { tensors } = fromHfForm(header);
    const [q, kv] = ['q', 'kv'].map((part) => tensors.get(`visual.trunk.attn_pool.${part}.weight`));
    expect([q?.shape, kv?.shape]).toEqual([
      [2, 2],
      [4, 2],
    ]);
    expect(await valuesOf(q)).toEqual([0, 1, 2, 3]);
    expect(await valuesOf(kv)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it.each<[string, Readonly<Record<string, readonly number[]>>, string, string]>([
    [
      'that lack a part',
      { [`${BLOCK}.q_proj.bias`]: [2], [`${BLOCK}.k_proj.bias`]: [2] },
      'TensorMissing',
      `no tensor ${BLOCK}.v_proj.bias.`,
    ],
    [
      'of which one alone is there',
      { [`${BLOCK}.v_proj.bias`]: [2] },
      'TensorMissing',
      `no tensor ${BLOCK}.q_proj.bias.`,
    ],
    [
      'of other lengths',
      { ...APART, [`${BLOCK}.v_proj.bias`]: [3] },
      'TensorMismatch',
      `${BLOCK}.v_proj.bias is F16 (3), ${BLOCK}.q_proj.bias is F16 (2); they belong to one layer.`,
    ],
    [
      'that cannot be cut in three',
      { 'vision_model.head.attention.in_proj_bias': [7] },
      'TensorMismatch',
      'vision_model.head.attention.in_proj_bias has 7 rows; a third of them each make queries, keys and values.',
    ],
  ])('%s are refused by name', (_, shapes, name, message) => {
    const read = () => fromHfForm(headerOf(shapes));
    expect(read).toThrow(expect.objectContaining({ name }));
    expect(read).toThrow(message);
  });
});
