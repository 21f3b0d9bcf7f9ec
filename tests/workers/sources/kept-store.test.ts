import { beforeEach, describe, expect, it } from 'vitest';
import {
  isWhole,
  listKept,
  listUnreadable,
  openKept,
  openTower,
  requireDetail,
  tokenizerTexts,
} from '../../../workers/sources/kept-store';
import { keep, memoryParts, SHAPE, TOKENIZER, type MemoryParts } from '../fixtures';

const MANIFEST = 'models/small/manifest.json';

let parts: MemoryParts;
beforeEach(async () => {
  parts = memoryParts();
  await keep(parts, 'small');
});

/** Changes the manifest of the kept model as another version, or a damaged disk, would have it. */
function rewrite(change: (manifest: Record<string, unknown>) => object): void {
  const text = new TextDecoder().decode(parts.memory.read(MANIFEST));
  parts.memory.put(MANIFEST, JSON.stringify(change(JSON.parse(text) as Record<string, unknown>)));
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

  it('with a config that is no JSON says so', async () => {
    const path = 'models/small/open_clip_config.json';
    parts.memory.put(path, '{'.padEnd(parts.memory.read(path).length));
    await expect(openKept(await parts.models(), 'small')).rejects.toMatchObject({ name: 'ConfigUnreadable' });
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
