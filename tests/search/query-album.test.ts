import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';
import { EmbeddingIndex } from '../../src/search/embedding-index';
import { combine, parseQuery } from '../../src/search/query';
import { openModel, type EvaluatedModel } from '../../tools/evaluation/model';
import { albumFixture } from '../helpers/album';

/** Captions of the sample album, by picture. */
const captions = (
  JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as { file: string; caption: string }[]
).map(({ file, caption }) => ({ file, caption: caption.replace(' background', '') }));

const BLUE = 'a red apple on a blue';
const PINK = 'a red apple on a pink';
const TWO = 'two red apples on a white';
const BALLOONS = 'three balloons on a white';
const BALL = 'a soccer ball on a red';
const CROWN = 'a crown on a dark blue';
const TROPHY = 'a trophy on a dark blue';

/** What is typed, and what comes first, in any order. */
const FIRST: [line: string, first: string[]][] = [
  ['a red apple', [BLUE, PINK]],
  ['  A   red APPLE ', [BLUE, PINK]],
  ['a red apple on a blue background', [BLUE]],
  ['a red apple -"a pink background"', [BLUE]],
  ['a red apple -"a blue background"', [PINK]],
  ['a red apple +0.5 "a blue background"', [BLUE]],
  ['a red apple +0,5 "a pink background"', [PINK]],
  ['two red apples', [TWO]],
  ['"a red apple" +"two red apples"', [BLUE, PINK, TWO]],
  ['"two red apples" +0.2 "three balloons"', [TWO]],
  ['"three balloons" +0.2 "two red apples"', [BALLOONS]],
  ['a soccer ball', [BALL]],
  // Not with what a picture shows beside it: that picture is then right as well.
  ['"a soccer ball" +2 "a crown"', [CROWN]],
  ['"a soccer ball" +0.2 "a crown"', [BALL]],
  ['a trophy -"a soccer ball"', [TROPHY]],
];

/** What shows two red apples is right for one as well: only where two are asked for does it have a place. */
const isOfTwo = (line: string) => line.includes('two');

/** What is typed, and what then is not among the first ten. */
const NOT_FIRST: [line: string, away: string][] = [
  ['three balloons -2 balloon', BALLOONS],
  ['a red apple -2 "a red apple on a blue background"', BLUE],
  ['"a soccer ball" -2 "a soccer ball"', BALL],
  ['-"two red apples"', TWO],
];

describe.each(BUILT_IN_MODELS.map(({ name }) => name))('%s', (name) => {
  const { images } = albumFixture(name);
  const index = new EmbeddingIndex(images[0]!.embedding.length);
  let model: EvaluatedModel;

  beforeAll(async () => {
    for (const [id, { embedding }] of images.entries()) index.set(id, Float32Array.from(embedding));
    model = await openModel(`static/models/${name}`);
  });
  afterAll(() => model.release());

  /** Captions by falling match; undefined where nothing is asked. */
  async function ranked(line: string): Promise<string[] | undefined> {
    const terms = parseQuery(line);
    const rows = await model.encodeTexts(terms.map(({ text }) => text));
    const query = combine(
      rows,
      terms.map(({ weight }) => weight),
    );
    return query && index.topK(query, 160).map(({ id }) => captionOf(images[id]!.file));
  }

  it.each(FIRST)('%s', async (line, first) => {
    const found = (await ranked(line))?.filter((caption) => caption !== TWO || isOfTwo(line));
    expect(found?.slice(0, first.length).sort()).toEqual([...first].sort());
  });

  it.each(NOT_FIRST)('%s keeps away from %s', async (line, away) => {
    expect((await ranked(line))?.slice(0, 10)).not.toContain(away);
  });

  it('finds the least similar for a query with only negative terms', async () => {
    const best = (await ranked('"two red apples"'))!;
    expect(await ranked('-"two red apples"')).toEqual([...best].reverse());
  });

  it('finds nothing for a query that cancels itself', async () => {
    expect(await ranked('"a robot" -"a robot"')).toBeUndefined();
  });
});

function captionOf(file: string): string {
  return captions.find((one) => one.file === file)!.caption;
}
