import { describe, expect, it } from 'vitest';
import { chooseFiles, misfit, partOf, readSmallFile, USUAL_WEIGHTS } from '../../src/clip/checkpoint-files';

const CONFIG = 'open_clip_config.json';

const listed = (paths: readonly string[]) => paths.map((path) => ({ path, byteLength: 1 }));

it.each([
  ['open_clip_config.json', 'config'],
  ['OPEN_CLIP_CONFIG.JSON', 'config'],
  ['open_clip_model.safetensors', 'weights'],
  ['open_clip_pytorch_model.safetensors', 'weights'],
  ['openclip-b32.safetensors', 'weights'],
  ['model.safetensors', 'weights'],
  ['ViT.SAFETENSORS', 'weights'],
  ['model-00001-of-00002.safetensors', undefined],
  ['tokenizer.json', 'tokenizer'],
  ['tokenizer_config.json', 'tokenizerConfig'],
  ['open_clip_pytorch_model.bin', 'weights'],
  ['epoch_32.pt', 'weights'],
  ['ViT.PTH', 'weights'],
  ['pytorch_model-00001-of-00002.bin', undefined],
  ['model.ckpt', undefined],
  ['config.json', 'config'],
  ['preprocessor_config.json', 'preprocessor'],
  ['processor_config.json', 'processor'],
  ['model.safetensors.index.json', 'weights'],
  ['pytorch_model.bin.index.json', 'weights'],
  ['package.json', undefined],
  ['notes.txt', undefined],
  ['constructor', undefined],
])('%s is the %s of a checkpoint', (name, part) => {
  expect(partOf(name)).toBe(part);
});

it('prefers weights by their names, those first that a server is asked for', () => {
  const falling = [
    'open_clip_model.safetensors',
    'Open_CLIP_model.safetensors',
    'open_clip_pytorch_model.safetensors',
    'openclip-b32.safetensors',
    'open_clip_pytorch_model.bin',
    'openclip-b32.pt',
    'model.safetensors',
    'model.safetensors.index.json',
    'a.safetensors',
    'a.safetensors.index.json',
    'pytorch_model.bin',
    'epoch_32.pt',
    'pytorch_model.bin.index.json',
  ];
  const misfits = falling.map((name) => misfit(name, 'weights'));
  expect(misfits).toEqual([...new Set(misfits)].sort((a, b) => a - b));
  expect(USUAL_WEIGHTS.toSorted((a, b) => misfit(a, 'weights') - misfit(b, 'weights'))).toEqual(
    USUAL_WEIGHTS,
  );
});

describe('chooseFiles', () => {
  it.each<[layout: string, paths: string[], weights: string]>([
    [
      "LAION's, with the same weights in another library's form beside them",
      [CONFIG, 'model.safetensors', 'open_clip_model.safetensors', 'open_clip_pytorch_model.bin'],
      'open_clip_model.safetensors',
    ],
    [
      'older weights',
      [CONFIG, 'model.safetensors', 'open_clip_pytorch_model.safetensors'],
      'open_clip_pytorch_model.safetensors',
    ],
    [
      'weights old and new',
      [CONFIG, 'open_clip_pytorch_model.safetensors', 'open_clip_model.safetensors'],
      'open_clip_model.safetensors',
    ],
    ['another name', [CONFIG, 'openclip-b32.safetensors', 'a.safetensors'], 'openclip-b32.safetensors'],
    [
      "torch's file of the right name",
      [CONFIG, 'open_clip_pytorch_model.bin', 'model.safetensors'],
      'open_clip_pytorch_model.bin',
    ],
    ['any safetensors', [CONFIG, 'epoch_32.pt', 'model.safetensors'], 'model.safetensors'],
    ['a training run', [CONFIG, 'epoch_32.pt', 'results.jsonl'], 'epoch_32.pt'],
    [
      'weights beside shards',
      [CONFIG, 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'vit.safetensors'],
      'vit.safetensors',
    ],
    [
      'weights beside shards of the right name',
      [CONFIG, 'open_clip_model-00001-of-00002.safetensors', 'vit.safetensors'],
      'vit.safetensors',
    ],
    [
      'weights in sub-folders too',
      [CONFIG, 'fp16/open_clip_model.safetensors', 'vit.safetensors'],
      'vit.safetensors',
    ],
  ])('takes of %s the right weights', (_, paths, weights) => {
    expect(chooseFiles('a/b', listed(paths))).toEqual({
      config: { path: CONFIG, byteLength: 1 },
      weights: { path: weights, byteLength: 1 },
    });
  });

  it('takes the tokenizer at the root, where there is one', () => {
    const files = [CONFIG, 'w.safetensors', 'tokenizer.json', 'tokenizer_config.json', 'old/tokenizer.json'];
    const { tokenizer, tokenizerConfig } = chooseFiles('a/b', listed(files));
    expect([tokenizer?.path, tokenizerConfig?.path]).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  });

  it('takes all of one folder, and the weights that were asked for', () => {
    const sub = [
      CONFIG,
      'a.safetensors',
      'open_clip_model.safetensors',
      'tokenizer.json',
      'deep/b.safetensors',
    ];
    const files = listed([
      CONFIG,
      'open_clip_model.safetensors',
      'subs/x.json',
      ...sub.map((path) => `sub/${path}`),
    ]);
    const paths = (at: Parameters<typeof chooseFiles>[2]) =>
      Object.values<{ path: string }>({ ...chooseFiles('a/b', files, at) }).map(({ path }) => path);
    expect(paths({ folder: 'sub' })).toEqual([
      'sub/open_clip_config.json',
      'sub/open_clip_model.safetensors',
      'sub/tokenizer.json',
    ]);
    expect(paths({ folder: 'sub', weights: 'a.safetensors' })).toContain('sub/a.safetensors');
    expect(paths({ weights: 'open_clip_model.safetensors' })).toEqual([
      CONFIG,
      'open_clip_model.safetensors',
    ]);
  });

  it('needs no config where that is known from elsewhere', () => {
    const files = listed(['Model-B-32.pt', 'Model-L-14.pt']);
    const at = { weights: 'Model-L-14.pt' };
    expect(chooseFiles('a/b', files, { ...at, hasConfig: true })).toEqual({ weights: files[1] });
    expect(() => chooseFiles('a/b', files, at)).toThrow('a/b has neither open_clip_config.json');
  });

  it.each([
    [{ weights: 'b.safetensors' }, 'a/b holds no file b.safetensors.'],
    [{ folder: 'no' }, 'a/b holds no file of weights.'],
  ])('takes nothing else when asked for %j', (at, message) => {
    const files = listed([CONFIG, 'open_clip_model.safetensors']);
    expect(() => chooseFiles('a/b', files, at)).toThrow(
      expect.objectContaining({ name: 'CheckpointIncomplete', message }),
    );
  });

  const none = 'a/b holds no file of weights.';
  it.each<[layout: string, paths: string[], message: string]>([
    [
      'shards alone',
      [CONFIG, 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
      `${none} It has model-00001-of-00002.safetensors, one of several parts, which open by their index (.index.json).`,
    ],
    [
      'shards alone, of the right name',
      [CONFIG, 'open_clip_model-00001-of-00002.safetensors', 'open_clip_model-00002-of-00002.safetensors'],
      `${none} It has open_clip_model-00001-of-00002.safetensors, one of several parts, which open by their index (.index.json).`,
    ],
    ['nothing', [], none],
    ['a config alone', [CONFIG], none],
    ['weights in a sub-folder', [CONFIG, 'fp16/open_clip_model.safetensors', 'old/model.bin'], none],
    [
      'no config',
      ['tokenizer.json', 'open_clip_model.safetensors'],
      'a/b has neither open_clip_config.json nor config.json.',
    ],
    [
      'a config in a sub-folder',
      ['old/open_clip_config.json', 'open_clip_model.safetensors'],
      'a/b has neither open_clip_config.json nor config.json.',
    ],
  ])('says of a repository with %s what it lacks', (_, paths, message) => {
    expect(() => chooseFiles('a/b', listed(paths))).toThrow(
      expect.objectContaining({ name: 'CheckpointIncomplete', message }),
    );
  });
});

it.each([
  ['config', 'ConfigUnreadable', 'open_clip_config.json has 16,777,217 bytes; at most 16,777,216 are read.'],
  ['tokenizer', 'TokenizerUnsupported', 'tokenizer.json has 67,108,865 bytes; at most 67,108,864 are read.'],
  [
    'tokenizerConfig',
    'ConfigUnreadable',
    'tokenizer_config.json has 16,777,217 bytes; at most 16,777,216 are read.',
  ],
] as const)('a %s of any length is refused before it is read', async (part, name, message) => {
  const size = Number(/has ([\d,]+)/.exec(message)![1]!.replaceAll(',', ''));
  let isRead = false;
  const text = () => {
    isRead = true;
    return Promise.resolve('{}');
  };
  const file = { size, text };
  await expect(readSmallFile(part, file as unknown as Blob)).rejects.toMatchObject({ name, message });
  expect(isRead).toBe(false);
  await expect(readSmallFile(part, { ...file, size: size - 1 } as unknown as Blob)).resolves.toBe('{}');
});

it('a small file that has gone is named', async () => {
  const text = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
  const file = { size: 2, text } as unknown as Blob;
  await expect(readSmallFile('config', file)).rejects.toMatchObject({
    name: 'FileUnreadable',
    message: 'open_clip_config.json cannot be read: gone',
  });
});
