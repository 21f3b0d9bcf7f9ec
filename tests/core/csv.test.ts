import { describe, expect, it } from 'vitest';
import { readCsv, writeCsv } from '../../src/core/csv';

describe('writeCsv', () => {
  it('quotes what needs it, leaves out what is not there, and lets no text be a formula', () => {
    const rows = [
      ['a', 1.5, null, undefined],
      ['b, "c"', 'd\ne', '=1+1', -2],
    ];
    expect(writeCsv(rows)).toBe('a,1.5,,\r\n"b, ""c""","d\ne",\'=1+1,-2\r\n');
  });
});

describe('readCsv', () => {
  it.each([
    ['a,b\r\nc,d\r\n', [['a', 'b'], ['c', 'd']]], // prettier-ignore
    ['\uFEFFa,b\n\nc,d', [['a', 'b'], ['c', 'd']]], // prettier-ignore
    ['"a, ""x""","b\nc"\rd,', [['a, "x"', 'b\nc'], ['d', '']]], // prettier-ignore
    ['"a"b,c', [['ab', 'c']]],
    ['"a,b\nc', [['a,b\nc']]],
    ['', []],
  ])('reads %j', (text, rows) => {
    expect(readCsv(text)).toEqual(rows);
  });

  it('reads fields between tabs', () => {
    expect(readCsv('a,1\tb\n', '\t')).toEqual([['a,1', 'b']]);
  });
});
