import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../../../src/formats/safetensors';
import { encodeSafetensorsHeader } from '../../../src/formats/safetensors-writer';
import { blobSource, bufferSource } from '../../../src/formats/byte-source';
import { float16ToFloat32 } from '../../../src/formats/float16';
import type { Progress } from '../../../workers/api';
import type { CheckpointFiles } from '../../../workers/models-api';
import { addCheckpoint, questions } from '../../../workers/models/add-checkpoint';
import { isWhole, listKept, openKept } from '../../../workers/sources/kept-store';
import {
  CONFIG,
  configWith,
  digestsOf,
  keep,
  memoryParts,
  NO_NETWORK,
  SHAPE,
  TOKENIZER,
  WEIGHTS,
  weightsWith,
  type MemoryParts,
} from '../fixtures';
import { memoryStorage } from '../../helpers/memory-storage';

const WHOLE = {
  name: 'my folder',
  config: new Blob([CONFIG]),
  weights: new Blob([WEIGHTS]),
  tokenizer: new Blob([TOKENIZER]),
};

let parts: MemoryParts;
beforeEach(() => {
  parts = memoryParts(memoryStorage(), NO_NETWORK);
});

const add = (changes: Partial<Record<keyof CheckpointFiles, unknown>> = {}, told: Progress[] = []) =>
  addCheckpoint(parts, { ...WHOLE, ...changes } as CheckpointFiles, (progress) => void told.push(progress));

/** The same weights with some, of their shapes, in fp32. */
async function widened(isWidened: (shape: readonly number[]) => boolean = () => true): Promise<Blob> {
  const source = bufferSource(WEIGHTS);
  const header = await readSafetensorsHeader(source);
  const tensors = [...header.tensors.values()];
  const wide = tensors.map(({ dtype, shape }) => dtype === 'F16' && isWidened(shape));
  const written = tensors.map((tensor, at) => ({
    ...tensor,
    dtype: wide[at] ? ('F32' as const) : tensor.dtype,
  }));
  const values = tensors.map(({ start, end }, at) => {
    const bytes = WEIGHTS.slice(start, end);
    return wide[at] ? float16ToFloat32(new Uint16Array(bytes.buffer)) : bytes;
  });
  return new Blob([encodeSafetensorsHeader(written), ...values]);
}

describe('a checkpoint from this device', () => {
  it('is kept under its name and what is in it, and listed', async () => {
    const summary = await add();
    expect(summary).toMatchObject({ name: 'my folder', origin: 'folder', ...SHAPE });
    expect(summary.id).toMatch(/^my-folder-[0-9a-f]{8}$/);
    expect(await listKept(await parts.models())).toEqual([summary]);
    const { source } = await openKept(await parts.models(), summary.id);
    expect(source.tokenizer.vocabSize).toBe(2048);
  });

  it('tells how far its conversion is, in bytes of its file', async () => {
    const told: Progress[] = [];
    await add({}, told);
    expect(told.every(({ stage, total }) => stage === 'storing' && total === WEIGHTS.length)).toBe(true);
    expect(told.at(-1)!.done).toBeGreaterThan(0.99 * WEIGHTS.length);
  });

  it('stays in fp16 where it is in fp16, and in fp32 where it is in fp32, unless told otherwise', async () => {
    const small = await add();
    const large = await add({ weights: await widened() });
    expect(small.precision).toBe('fp16-storage');
    const mixed = await add({ weights: await widened((shape) => shape.length < 2) });
    expect(mixed.precision).toBe('fp16-storage');
    expect(large.precision).toBe('fp32');
    expect(large.bytes).toBeGreaterThan(1.9 * small.bytes);
    const told = await add({ weights: await widened(), precision: 'q8' });
    expect(told.precision).toBe('q8');
    const store = await parts.models();
    const [one, other] = [await openKept(store, small.id), await openKept(store, large.id)];
    expect(await digestsOf(one.source.image)).toEqual(await digestsOf(other.source.image));
  });

  it('is not kept twice, but again where what was kept is damaged', async () => {
    const first = await add();
    const manifest = `models/${first.id}/manifest.json`;
    const before = parts.memory.read(manifest);
    parts.memory.quota = 0;
    expect(await add()).toEqual(first);
    expect(parts.memory.read(manifest)).toEqual(before);
    parts.memory.quota = Infinity;
    const weights = `models/${first.id}/text.0.bin`;
    const flipped = parts.memory.read(weights).slice();
    flipped[flipped.length >> 1]! ^= 1;
    for (const damage of [() => parts.memory.remove(weights), () => parts.memory.put(weights, flipped)]) {
      damage();
      expect(await add()).toEqual(first);
      expect(await isWhole(await parts.models(), first.id)).toBe(true);
    }
  });

  it.each<[string, () => Promise<Partial<CheckpointFiles>>]>([
    ['another precision', async () => ({ precision: 'q8' })],
    ['another tokenizer', async () => ({ tokenizer: new Blob([`${TOKENIZER} `]) })],
    ['a tokenizer_config.json', async () => ({ tokenizerConfig: new Blob(['{}']) })],
    ['another config', async () => ({ config: new Blob([`${CONFIG} `]) })],
    [
      'one other weight',
      async () => {
        const bytes = WEIGHTS.slice();
        bytes[bytes.length - 1]! ^= 1;
        return { weights: new Blob([bytes]) };
      },
    ],
  ])('is another model with %s', async (_, change) => {
    const one = await add();
    const other = await add(await change());
    expect(other.id).not.toBe(one.id);
    expect(await listKept(await parts.models())).toHaveLength(2);
  });
});

describe('a checkpoint without a tokenizer', () => {
  it('takes the one of a kept model, which it then keeps itself', async () => {
    await keep(parts, 'kept');
    const { id } = await add({ tokenizer: undefined });
    expect(new TextDecoder().decode(parts.memory.read(`models/${id}/tokenizer.json`))).toBe(TOKENIZER);
  });

  it('is told to lack one, and nothing is written', async () => {
    await expect(add({ tokenizer: undefined })).rejects.toMatchObject({ name: 'TokenizerMissing' });
    expect(parts.memory.paths()).toEqual([]);
  });

  it('asks the hub only where it may', async () => {
    const config = new Blob([configWith({ hf_tokenizer_name: 'a/b' })]);
    await expect(add({ config, tokenizer: undefined })).rejects.toMatchObject({ name: 'TokenizerMissing' });
    const asked = add({ config, tokenizer: undefined, hub: 'https://hub.test' });
    await expect(asked).rejects.toMatchObject({ name: 'CorsRefused' });
  });
});

describe('weights without a config', () => {
  it('are kept with the config that their shapes and the answers make', async () => {
    const answers = { activation: 'quick-gelu', imageHeads: '4', textHeads: '3' };
    const summary = await add({ config: undefined, answers });
    expect(summary).toMatchObject(SHAPE);
    const text = new TextDecoder().decode(parts.memory.read(`models/${summary.id}/open_clip_config.json`));
    expect(JSON.parse(text)).toMatchObject({
      model_cfg: { embed_dim: 128, quick_gelu: true, text_cfg: { width: 96, heads: 3, vocab_size: 2048 } },
    });
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('leave questions, the activation among them', async () => {
    const asked = await questions(WHOLE);
    expect(asked.find(({ key }) => key === 'activation')).toMatchObject({ preset: 'gelu' });
  });

  it('are refused where an answer does not fit them', async () => {
    const answers = { textHeads: '7' };
    await expect(add({ config: undefined, answers })).rejects.toMatchObject({ name: 'ArchitectureUnclear' });
    expect(parts.memory.paths()).toEqual([]);
  });

  it('that are no safetensors leave none', async () => {
    const bytes = new Blob([new Uint8Array(100).fill(255)]);
    await expect(questions({ name: 'bytes', weights: bytes })).rejects.toMatchObject({
      name: 'SafetensorsMalformed',
    });
  });
});

describe('a checkpoint that cannot be used writes nothing', () => {
  it.each<[string, Partial<Record<keyof CheckpointFiles, unknown>>, string]>([
    ['without weights', { weights: undefined }, 'CheckpointIncomplete'],
    [
      'with weights that are cut',
      { weights: new Blob([WEIGHTS.slice(0, 1_000_000)]) },
      'SafetensorsMalformed',
    ],
    ['with an empty file of weights', { weights: new Blob([]) }, 'SafetensorsMalformed'],
    ['with a config that is no JSON', { config: new Blob(['{']) }, 'ConfigUnreadable'],
    ['with a config of other weights', { config: new Blob([configWith({ width: 192 })]) }, 'TensorMismatch'],
    ['with a config of more layers', { config: new Blob([configWith({ layers: 4 })]) }, 'TensorMissing'],
    ['with a config of fewer layers', { config: new Blob([configWith({ layers: 2 })]) }, 'TensorUnexpected'],
    ['with a tokenizer that is no JSON', { tokenizer: new Blob(['{']) }, 'ConfigUnreadable'],
    ['with a tokenizer that is none', { tokenizer: new Blob(['{}']) }, 'TokenizerUnsupported'],
  ])('%s', async (_, changes, name) => {
    await expect(add(changes)).rejects.toMatchObject({ name });
    expect(parts.memory.paths()).toEqual([]);
  });

  it('and what it lacks is named with its folder', async () => {
    await expect(add({ weights: undefined })).rejects.toThrow('my folder lacks open_clip_model.safetensors.');
  });
});

describe('weights that are no numbers are refused with their tensor, and leave nothing', () => {
  it.each<[string, string, readonly number[], string]>([
    ['NaN in the image tower', 'visual.proj', [0x00, 0x7e], 'visual.proj has NaN'],
    ['NaN in the text tower', 'text_projection', [0x01, 0xfe], 'text_projection has NaN'],
    ['an infinite bias', 'ln_final.bias', [0x00, 0x7c], 'ln_final.bias has NaN or an infinite'],
    ['a minus infinite weight', 'visual.conv1.weight', [0x00, 0xfc], 'visual.conv1.weight has NaN'],
    ['a logit scale of NaN', 'logit_scale', [0, 0, 0xc0, 0x7f], 'logit_scale is NaN; a trained'],
    ['a logit scale of 1e30', 'logit_scale', [0xca, 0xf2, 0x49, 0x71], 'logit_scale is 1.00000'],
  ])('%s', async (_, name, bytes, message) => {
    const { id } = await add();
    const before = parts.memory.paths();
    for (const precision of ['fp32', 'fp16-storage', 'q8', 'q4'] as const) {
      const weights = new Blob([await weightsWith(name, bytes)]);
      await expect(add({ weights, precision })).rejects.toMatchObject({
        name: 'WeightsUnusable',
        message: expect.stringContaining(message),
      });
    }
    expect(parts.memory.paths()).toEqual(before);
    expect(await listKept(await parts.models())).toMatchObject([{ id }]);
  });
});

it.each([50_000, 2_000_000])(
  'a disk that is full after %i bytes keeps nothing of a checkpoint',
  async (quota) => {
    parts.memory.quota = quota;
    await expect(add()).rejects.toMatchObject({ name: 'StorageFull' });
    expect(parts.memory.paths()).toEqual([]);
  },
);

it('a file that is taken away while it is read is told as unreadable', async () => {
  const gone = Object.assign(new Blob([WEIGHTS]), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }),
  });
  await expect(blobSource(gone).slice(0, 8)).rejects.toMatchObject({ name: 'FileUnreadable' });
  await expect(add({ weights: gone })).rejects.toMatchObject({ name: 'FileUnreadable' });
  expect(parts.memory.paths()).toEqual([]);
});

describe("torch's own file of weights", () => {
  const folder = 'tests/fixtures/zoo/pickle';
  const filesOf = async (name: string, file: string) => ({
    name,
    config: new Blob([await readFile(`${folder}/${name}/open_clip_config.json`)]),
    weights: new Blob([await readFile(`${folder}/${name}/${file}`)]),
    tokenizer: new Blob([TOKENIZER]),
  });

  it('is refused by name, and nothing is kept', async () => {
    const files = await filesOf('foreign-object', 'open_clip_pytorch_model.bin');
    await expect(add(files)).rejects.toMatchObject({ name: 'TorchFileRefused' });
    expect(await listKept(await parts.models())).toEqual([]);
  });

  it('tells without a config what its shapes say', async () => {
    const { weights } = await filesOf('views', 'open_clip_pytorch_model.bin');
    expect((await questions({ name: 'views', weights })).map(({ key }) => key)).toContain('activation');
  });
});
