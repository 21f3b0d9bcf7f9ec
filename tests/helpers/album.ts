import { readFileSync } from 'node:fs';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';

/** What OpenCLIP computes with a built-in model over the sample album; `tools/oracles/album.py` writes it. */
export interface AlbumFixture {
  readonly logit_scale_exp: number;
  readonly images: readonly { readonly file: string; readonly embedding: readonly number[] }[];
  readonly texts: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly embedding: readonly number[];
  }[];
}

export function albumFixture(model: string = BUILT_IN_MODELS[0].id): AlbumFixture {
  const file = new URL(`../fixtures/album/${model}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as AlbumFixture;
}

/** The album's files by falling cosine with `text`, as OpenCLIP computes them. */
export function albumRanking(
  { images, texts }: AlbumFixture,
  text: string,
): { file: string; score: number }[] {
  const query = texts.find((entry) => entry.text === text)?.embedding;
  if (query === undefined) throw new Error(`The fixture has no embedding of "${text}"`);
  return images
    .map(({ file, embedding }) => ({
      file,
      score: embedding.reduce((sum, value, at) => sum + value * query[at]!, 0),
    }))
    .sort((a, b) => b.score - a.score);
}

/** So many of a question's best results no usual cut leaves out; further ones may go once it was measured. */
export const ALWAYS_SHOWN = 24;
