import { beforeEach, describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { openEngine } from '../../../src/engine/engine';
import { nodePlatform } from '../../../src/engine/platform-node';
import {
  isWhole,
  listKept,
  listUnreadable,
  openKept,
  openTower,
  requireDetail,
  tokenizerTexts,
} from '../../../workers/sources/kept-store';
import { digestsOf, keep, memoryParts, SHAPE, TOKENIZER, type MemoryParts } from '../fixtures';

const MANIFEST = 'models/small/manifest.json';

let parts: MemoryParts;
beforeEach(async () => {
  parts = memoryParts();
  await keep(parts, 'small');
});

/** Changes the manifest of the kept model as another version would have written it. */
function rewrite(change: (manifest: Record<string, unknown>) => object): void {
  const text = new TextDecoder().decode(parts.memory.read(MANIFEST));
  const { sum: _, ...manifest } = JSON.parse(text) as Record<string, unknown>;
  parts.memory.put(MANIFEST, JSON.stringify(change(manifest)));
}

describe('a kept model', () => {
  it('opens with its towers, tokenizer and scale', async () => {
    const { summary, source } = await openKept(await parts.models(), 'small');
    expect(summary).toMatchObject({ id: 'small', name: 'small', origin: 'folder', ...SHAPE });
    expect(source).toMatchObject({ id: 'small', name: 'small', precision: 'fp16-storage', logitBias: null });
    expect(source.tokenizer.vocabSize).toBe(2048);
    expect(source.image.files.map(({ path }) => path)).toEqual(['image.0.bin']);
    expect(source.text?.files.map(({ path }) => path)).toEqual(['text.0.bin']);
  });

  it('is unknown under any other id', async () => {
    const store = await parts.models();
    await expect(openKept(store, 'other')).rejects.toMatchObject({ name: 'ModelUnknown' });
    expect(await isWhole(store, 'other')).toBe(false);
    expect(await isWhole(store, 'small')).toBe(true);
  });

  it.each(['image.0.bin', 'text.0.bin', 'tokenizer.json'])(
    'without %s is damaged, yet listed',
    async (file) => {
      const store = await parts.models();
      parts.memory.remove(`models/small/${file}`);
      expect(await isWhole(store, 'small')).toBe(false);
      await expect(openKept(store, 'small')).rejects.toMatchObject({
        name: 'ModelDamaged',
        message: expect.stringContaining(`${file} should have`),
      });
      expect(await listKept(store)).toMatchObject([{ id: 'small' }]);
    },
  );

  it('with a config that is no JSON says so, also where no version ever summed it', async () => {
    const path = 'models/small/open_clip_config.json';
    parts.memory.put(path, '{'.padEnd(parts.memory.read(path).length));
    await expect(openKept(await parts.models(), 'small')).rejects.toMatchObject({ name: 'ModelDamaged' });
    const withoutSum = ({ sum: _, ...file }: { sum?: number }) => file;
    rewrite((manifest) => ({ ...manifest, files: (manifest['files'] as object[]).map(withoutSum) }));
    await expect(openKept(await parts.models(), 'small')).rejects.toMatchObject({ name: 'ConfigUnreadable' });
  });

  it('of an older version, without any sums, opens as before', async () => {
    const withoutSums = (json: unknown) =>
      JSON.parse(
        JSON.stringify(json, (key, value: unknown) => (key === 'sum' ? undefined : value)),
      ) as object;
    rewrite(withoutSums);
    const { source } = await openKept(await parts.models(), 'small');
    expect(Object.keys(await digestsOf(source.image)).length).toBeGreaterThan(10);
  });
});

describe('a model of another version', () => {
  const reason = 'it was kept by another version of Clipscope';

  it.each<[string, (manifest: Record<string, unknown>) => object]>([
    ['another converter', (manifest) => ({ ...manifest, converter: 'clipscope 1' })],
    ['a detail of another form', (manifest) => ({ ...manifest, detail: { summary: {} } })],
    ['no detail', ({ detail: _, ...manifest }) => manifest],
  ])('with %s is not listed, but told with what it takes', async (_, change) => {
    rewrite(change);
    const store = await parts.models();
    expect(await listKept(store)).toEqual([]);
    expect(await isWhole(store, 'small')).toBe(false);
    await expect(openKept(store, 'small')).rejects.toMatchObject({
      name: 'ModelDamaged',
      message: 'small was kept by another version of Clipscope.',
    });
    const bytes = parts.memory.paths().reduce((sum, path) => sum + parts.memory.read(path).length, 0);
    expect(await listUnreadable(store)).toEqual([{ id: 'small', reason, bytes }]);
  });

  it('does not hide those of this one', async () => {
    await keep(parts, 'second');
    rewrite((manifest) => ({ ...manifest, converter: 'clipscope 1' }));
    const store = await parts.models();
    expect(await listKept(store)).toMatchObject([{ id: 'second' }]);
    expect(await listUnreadable(store)).toMatchObject([{ id: 'small' }]);
  });
});

it('a manifest that is cut short is told as unreadable', async () => {
  parts.memory.put(MANIFEST, parts.memory.read(MANIFEST).subarray(0, 100));
  const store = await parts.models();
  expect(await listKept(store)).toEqual([]);
  expect(await listUnreadable(store)).toMatchObject([
    { id: 'small', reason: 'the manifest is not a JSON object' },
  ]);
});

describe('the tokenizer of a kept model', () => {
  it('is its text, with tokenizer_config.json only where that is kept', async () => {
    await keep(parts, 'second', {
      texts: [
        ['open_clip_config.json', '{}'],
        ['tokenizer.json', '{"a":1}'],
        ['tokenizer_config.json', '{"b":2}'],
      ],
    });
    const store = await parts.models();
    expect(await tokenizerTexts(await store.open('small'))).toEqual({ tokenizer: TOKENIZER });
    expect(await tokenizerTexts(await store.open('second'))).toEqual({
      tokenizer: '{"a":1}',
      tokenizerConfig: '{"b":2}',
    });
  });
});

it('a tower names each of its files once, and is damaged where one is gone', async () => {
  const model = await (await parts.models()).open('small');
  const { tensors } = requireDetail(model.manifest);
  const tower = await openTower(model, tensors.image);
  expect(tower.files).toHaveLength(1);
  expect(tower.tensors).toBe(tensors.image);
  parts.memory.remove('models/small/image.0.bin');
  await expect(openTower(model, tensors.image)).rejects.toMatchObject({ name: 'ModelDamaged' });
});

describe('a kept model with one bit flipped on the disk', () => {
  /** What can be read of it: its weights, scale and tokenizer; the name of the failure where it is refused. */
  async function read(): Promise<unknown> {
    try {
      const { source } = await openKept(await parts.models(), 'small');
      const [image, text] = [await digestsOf(source.image), await digestsOf(source.text!)];
      const ids = [...source.tokenizer.encode(['a photo of two cats'])];
      return { image, text, ids, scale: source.logitScale, architecture: source.architecture };
    } catch (error) {
      return (error as Error).name;
    }
  }

  it('is the same, or is refused as damaged, wherever the bit lies', async () => {
    const whole = await read();
    expect(whole).toHaveProperty('image');
    const random = mulberry32(7);
    let refused = 0;
    for (const path of parts.memory.paths()) {
      const before = parts.memory.read(path);
      for (let time = 0; time < 6; time++) {
        const flipped = before.slice();
        flipped[Math.floor(random() * before.length)]! ^= 1 << Math.floor(random() * 8);
        parts.memory.put(path, flipped);
        const found = await read();
        if (found === 'ModelDamaged') refused++;
        else expect(found).toEqual(whole);
      }
      parts.memory.put(path, before);
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('is not handed to the runtime', async () => {
    const path = 'models/small/text.0.bin';
    const flipped = parts.memory.read(path);
    flipped[flipped.length >> 1]! ^= 1;
    parts.memory.put(path, flipped);
    const store = await parts.models();
    const { source } = await openKept(store, 'small');
    expect(await isWhole(store, 'small')).toBe(false);
    const opened = openEngine(source, { backend: 'wasm', arithmetic: 'fp32' }, nodePlatform(1));
    await expect(opened).rejects.toMatchObject({
      name: 'ModelDamaged',
      message: expect.stringMatching(/^The weights are damaged on this device: .* is not as it was kept\.$/),
    });
  });
});
