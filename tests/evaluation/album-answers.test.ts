import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_MODELS } from '../../src/clip/built-in';
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
  /apple|pizza|hamburger|fries|hot dog|taco|sushi|bread|cheese|egg|ice cream|doughnut|cake|cookie|chocolate|banana|grapes|strawberr|watermelon|pineapple|lemon|carrot|broccoli|croissant|pear|cherries|coffee/;
const VEHICLE =
  /\b(cars?|taxi|bus|ambulance|fire engine|tractor|motorcycle|bicycle|train|airplanes?|helicopter|rocket|sailboat|ship)\b/;

/** What a person types, what fits, and how many of how many first pictures fit with every size: no fewer from now on. */
const QUERIES: [text: string, fits: RegExp, fitting: number, first: number][] = [
  ['two cats', /two cats/, 2, 5],
  ['a red apple on a blue background', /red apple on a blue/, 1, 1],
  ['musical instruments', INSTRUMENT, 5, 8],
  ['something to eat', FOOD, 6, 8],
  ['a vehicle', VEHICLE, 7, 8],
  ['three balloons', /three balloons/, 1, 1],
];

/** What anybody types first, what fits, and how many of the first three fit with the model the page opens with. */
const FIRST_THREE: [text: string, fits: RegExp, fitting: number][] = [
  ['a cat', /\bcats?\b/, 3],
  ['a dog', /(?<!hot )\bdogs?\b/, 3],
  ['a car', /\b(cars?|taxi)\b/, 3],
  ['the sun', /\bsun\b/, 2],
  ['a cupcake', /\bcupcakes?\b/, 2],
  ['a red apple', /\bred apples?\b/, 3],
  ['two cats', /\btwo cats\b/, 3],
  ['musical instruments', INSTRUMENT, 3],
  ['something to eat', FOOD, 3],
];

describe('the model the page opens with', () => {
  const fixture = albumFixture();

  test.each(FIRST_THREE)('puts first what fits "%s"', (text, fits, fitting) => {
    const shown = albumRanking(fixture, text)
      .slice(0, 3)
      .map(({ file }) => captions.get(file)!);
    expect(shown.filter((caption) => fits.test(caption)).length, shown.join('\n')).toBeGreaterThanOrEqual(
      fitting,
    );
  });
});

describe.each(BUILT_IN_MODELS.map(({ name }) => name))('%s', (model) => {
  const fixture = albumFixture(model);

  test.each(QUERIES)('answers "%s" with what fits', (text, fits, fitting, first) => {
    const shown = albumRanking(fixture, text)
      .slice(0, first)
      .map(({ file }) => captions.get(file)!);
    expect(shown.filter((caption) => fits.test(caption)).length, shown.join('\n')).toBeGreaterThanOrEqual(
      fitting,
    );
  });
});
