import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../workers/api';
import {
  findBuiltIn,
  listBuiltIn,
  openBuiltIn,
  type FetchOwn,
} from '../../../workers/sources/built-in-models';
import { digestsOf, SHAPE, WEIGHTS } from '../fixtures';
import { builtInModel } from '../../engine/fakes';

/** The page's server. */
const served: FetchOwn = async (file) => new Response(await readFile(path.join('static', file)));

/** The page's server, save for files of one ending. */
const except =
  (ending: string, answer: () => Promise<Response>): FetchOwn =>
  (file) =>
    file.endsWith(ending) ? answer() : served(file);

const small = findBuiltIn('clipscope-s')!;

describe('the built-in models', () => {
  it('are found by their id alone', () => {
    expect(small.folder).toBe('models/clipscope-s/');
    expect(findBuiltIn('clipscope-x')).toBeUndefined();
    expect(findBuiltIn('clipscope-s@64x64')).toBeUndefined();
  });

  it('are listed with their shapes, largest first, of their configs alone', async () => {
    const asked: string[] = [];
    const listed = await listBuiltIn((file) => {
      asked.push(file);
      return served(file);
    });
    expect(asked.every((file) => file.endsWith('open_clip_config.json'))).toBe(true);
    expect(listed.map(({ id }) => id)).toEqual(['clipscope-l', 'clipscope-m', 'clipscope-s']);
    expect(listed[2]).toEqual({
      id: 'clipscope-s',
      name: 'clipscope-s',
      origin: 'built-in',
      ...SHAPE,
      parameters: { image: 1_309_696, text: 546_912 },
      bytes: 3_713_216,
      precision: 'fp16-storage',
      note: 'This built-in model knows drawings, not photos; it is the fastest of the three.',
    });
  });

  it('open with every weight that is shipped', async () => {
    const { summary, source } = await openBuiltIn(small, () => undefined, served);
    const there = await builtInModel();
    expect(summary.id).toBe('clipscope-s');
    expect(source.precision).toBe('fp16-storage');
    expect(source.tokenizer.vocabSize).toBe(2048);
    expect(await digestsOf(source.image)).toEqual(await digestsOf(there.image));
    expect(await digestsOf(source.text!)).toEqual(await digestsOf(there.text!));
  });
});

describe('what is told while a built-in model is fetched', () => {
  const halves = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(WEIGHTS.slice(0, 1000));
        controller.enqueue(WEIGHTS.slice(1000));
        controller.close();
      },
    });
  const told = async (headers: Record<string, string>): Promise<Progress[]> => {
    const all: Progress[] = [];
    const fetchOwn = except('.safetensors', async () => new Response(halves(), { headers }));
    await openBuiltIn(small, (progress) => void all.push(progress), fetchOwn);
    return all;
  };

  it('is how many bytes came, of how many', async () => {
    expect(await told({ 'Content-Length': String(WEIGHTS.length) })).toEqual([
      { stage: 'reading', done: 1000, total: WEIGHTS.length },
      { stage: 'reading', done: WEIGHTS.length, total: WEIGHTS.length },
    ]);
  });

  it.each([
    ['is compressed', { 'Content-Length': '2000', 'Content-Encoding': 'gzip' }],
    ['does not say', {}],
  ])('is of the bytes of the parameters, or of what came, where the answer %s', async (_, headers) => {
    expect((await told(headers as Record<string, string>)).map(({ total }) => total)).toEqual([
      3_713_216,
      WEIGHTS.length,
    ]);
  });
});

describe('a built-in model that cannot be had', () => {
  it.each(['open_clip_config.json', 'tokenizer.json', '.safetensors'])('names its %s', async (file) => {
    const missing = except(file, async () => new Response('', { status: 404 }));
    await expect(openBuiltIn(small, () => undefined, missing)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(new RegExp(`^clipscope-s: \\S*${file} answered 404\\.$`)),
    });
    const silent = except(file, () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(openBuiltIn(small, () => undefined, silent)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(new RegExp(`^clipscope-s: \\S*${file} could not be fetched\\.$`)),
    });
  });

  it('keeps the list of all from being told', async () => {
    const silent = except('clipscope-m/open_clip_config.json', () => Promise.reject(new TypeError('?')));
    await expect(listBuiltIn(silent)).rejects.toMatchObject({ name: 'NetworkFailed' });
  });

  it('is told as damaged where its weights are cut', async () => {
    const cut = except('.safetensors', async () => new Response(WEIGHTS.slice(0, 100_000)));
    await expect(openBuiltIn(small, () => undefined, cut)).rejects.toMatchObject({
      name: 'SafetensorsMalformed',
    });
  });
});
