import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/catalogue';
import { albumFixture, albumRanking } from '../helpers/album';

interface Listed {
  readonly file: string;
  readonly caption: string;
}

const captions = new Map(
  (JSON.parse(readFileSync('static/album/captions.json', 'utf8')) as Listed[]).map(({ file, caption }) => [
    file,
    caption,
  ]),
);

const INSTRUMENT = /guitar|drum|trumpet|violin|saxophone|banjo|accordion/;
const FOOD =
  /apple|pizza|hamburger|fries|hot dog|taco|sushi|bread|cheese|egg|ice cream|doughnut|cake|cookie|chocolate|banana|grapes|strawberr|watermelon|pineapple|lemon|carrot|broccoli|croissant|pear|cherries/;
const VEHICLE =
  /car|taxi|bus|ambulance|fire engine|tractor|motorcycle|bicycle|train|airplane|helicopter|rocket|sailboat|ship/;

/** What a person types, what fits, and of how many first pictures how many must fit. */
const QUERIES: [text: string, fits: RegExp, first: number, fitting: number][] = [
  ['two cats', /two cats/, 2, 2],
  ['a red apple on a blue background', /red apple on a blue/, 1, 1],
  ['musical instruments', INSTRUMENT, 8, 7],
  ['something to eat', FOOD, 10, 9],
  ['a vehicle', VEHICLE, 10, 9],
  ['three balloons', /balloons/, 1, 1],
];

describe.each(BUILT_IN_MODELS.map(({ name }) => name))('%s', (model) => {
  const fixture = albumFixture(model);

  test.each(QUERIES)('answers "%s" with what fits', (text, fits, first, fitting) => {
    const shown = albumRanking(fixture, text)
      .slice(0, first)
      .map(({ file }) => captions.get(file)!);
    expect(shown.filter((caption) => fits.test(caption)).length, shown.join('\n')).toBeGreaterThanOrEqual(
      fitting,
    );
  });
});
