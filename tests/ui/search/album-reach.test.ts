import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_MODELS } from '../../../src/clip/built-in';
import { EmbeddingIndex } from '../../../src/search/embedding-index';
import { UsualThreshold } from '../../../src/ui/search/usual-threshold.svelte';
import { openModel, type EvaluatedModel } from '../../../tools/evaluation/model';
import { albumFixture } from '../../helpers/album';
import { loadedModel } from '../fakes';

const captions = (
  JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as { caption: string }[]
).map(({ caption }) => caption);

const NONSENSE = ['asdfgh qwrtz', 'invoice 2024', 'kubernetes', 'x ray of a knee'];

describe.each(BUILT_IN_MODELS.map(({ name }) => name))('the sample album with %s', (name) => {
  const { images, texts } = albumFixture(name);
  const dim = images[0]!.embedding.length;
  const index = new EmbeddingIndex(dim);
  let model: EvaluatedModel;
  let unrelated: number;

  beforeAll(async () => {
    for (const [id, { embedding }] of images.entries()) index.set(id, Float32Array.from(embedding));
    model = await openModel(`static/models/${name}`);
    const loaded = loadedModel(name);
    const usualThreshold = new UsualThreshold({
      embedder: { texts: async (_, asked) => Promise.all(asked.map(rowOf)) },
      library: { search: async ({ data }, k) => index.topK(data, k) },
    });
    await usualThreshold.measure({ ...loaded, summary: { ...loaded.summary, embedDim: dim } }, images.length);
    ({ unrelated } = usualThreshold.reach!);
  });
  afterAll(() => model.release());

  const rowOf = async (text: string) => Float32Array.from((await model.encodeTexts([text])).data);

  const bestOf = async (text: string) => index.topK(await rowOf(text), 1)[0]!.score;

  it('has something that looks like 95 of 100 texts about it', async () => {
    const about = [...captions, ...texts.map(({ text }) => text)];
    const best = await Promise.all(about.map(bestOf));
    expect(best.filter((score) => score > unrelated).length / best.length).toBeGreaterThanOrEqual(0.95);
  });

  // Not of each: by chance, a small model finds a picture for a word it never saw.
  it('has nothing that looks like three of four texts about something else', async () => {
    const best = await Promise.all(NONSENSE.map(bestOf));
    expect(best.filter((score) => score <= unrelated).length).toBeGreaterThanOrEqual(3);
  });
});
