import { describe, expect, test } from 'vitest';
import { agree, LOOK_SIDE, lookOf } from '../../../src/search/duplicates/look';
import entries from '../../fixtures/looks.json';

function rgbaOf(levels: string): Uint8Array {
  const grey = Buffer.from(levels, 'base64');
  return Uint8Array.from({ length: LOOK_SIDE ** 2 * 4 }, (_, i) => (i % 4 === 3 ? 255 : grey[i >> 2]!));
}

/** Written by tools/oracles/looks.py. */
const looks = entries.map(({ of, views }) => ({ of, look: lookOf(views.map(rgbaOf)) }));
const pairs = looks.flatMap((a, i) => looks.slice(i + 1).map((b) => ({ a, b })));

describe('looks agree', () => {
  test('of a picture that was saved again: smaller, darker, more compressed or cropped', () => {
    const same = pairs.filter(({ a, b }) => a.of === b.of);
    expect(same).toHaveLength(20);
    expect(same.filter(({ a, b }) => !agree(a.look, b.look))).toEqual([]);
  });

  test('not of two pages of text, nor of two dark frames, nor of two pictures', () => {
    const other = pairs.filter(({ a, b }) => a.of !== b.of);
    expect(other.length).toBeGreaterThan(150);
    const wrong = other.filter(({ a, b }) => agree(a.look, b.look));
    expect(wrong.map(({ a, b }) => `${a.of}, ${b.of}`)).toEqual([]);
  });

  test('not of flat pictures, which have none', () => {
    const flat = looks.filter(({ of }) => ['white', 'black'].includes(of));
    expect(flat.map(({ look }) => look)).toEqual([undefined, undefined]);
    expect(agree(undefined, undefined)).toBe(false);
  });
});
