import { expect, it } from 'vitest';
import { NPY_HEADER_BYTES, npyHeader, readNpyVector } from '../../src/formats/npy';
import { npyOf } from '../helpers/album-datasets';
import headers from '../fixtures/exchange/npy-headers.json';

/** A file as NumPy's format lays it out (NEP 1), its numbers as hex. `npyOf` writes what NumPy itself does. */
function saved(descr: string, shape: string, data: string, version = 1): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const head = version === 1 ? [0x76, 0] : [0x76, 0, 0, 0];
  const magic = [0x93, ...Buffer.from('NUMPY'), version, 0, ...head];
  return new Uint8Array([...magic, ...Buffer.from(text), ...Buffer.from(data, 'hex')]);
}

it.each([
  ['|b1', '010001'],
  ['|u1', '010001'],
  ['<i4', '010000000000000001000000'],
  ['>i4', '000000010000000000000001'],
  ['<i8', '010000000000000000000000000000000100000000000000'],
  ['<f4', '0000803f000000000000803f'],
  ['<f8', '000000000000f03f0000000000000000000000000000f03f'],
])('reads %s', (descr, data) => {
  expect(readNpyVector(saved(descr, '(3,)', data))).toEqual([1, 0, 1]);
  expect(readNpyVector(saved(descr, '(3,)', data, 2))).toEqual([1, 0, 1]);
});

it.each([
  ['another file', new Uint8Array(Buffer.from('not an array at all')), 'does not begin'],
  ['a table', saved('<i4', '(3, 1)', '010000000000000001000000'), 'no list'],
  ['texts', saved('<U3', '(1,)', '61000000'), 'no known type'],
  ['a part', npyOf([1, 0, 1]).slice(0, -1), 'cut short'],
])('refuses %s', (_, bytes, message) => {
  expect(() => readNpyVector(bytes)).toThrow(expect.objectContaining({ name: 'DataSetMalformed' }));
  expect(() => readNpyVector(bytes)).toThrow(message);
});

it.each(Object.entries(headers))('begins a table of %s float16 numbers as NumPy does', (shape, hex) => {
  const [rows = NaN, dim = NaN] = shape.split(' x ').map(Number);
  const header = npyHeader(rows, dim);
  expect(header).toHaveLength(NPY_HEADER_BYTES);
  expect(Buffer.from(header).toString('hex')).toBe(hex);
});

it('begins no table without a size', () => {
  expect(() => npyHeader(1.5, 4)).toThrow(RangeError);
  expect(() => npyHeader(1, 0)).toThrow(RangeError);
});
