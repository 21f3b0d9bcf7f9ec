import { expect, test } from 'vitest';
import { readSafetensorsHeader } from '../../src/formats/safetensors';
import { entry, recordingSource, safetensorsFile } from './safetensors-file';

/** A header with one tensor "a", whose fields are given as JSON. */
function one(dtype: string, shape: string, offsets: string): string {
  return `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}}`;
}

const text = (characters: string) => new TextEncoder().encode(characters);
const A = entry('a', 'F32', [2], 0, 8);
const RANGE = 'not a whole number from 0 to 2^53 - 1';

test.each<[string, Uint8Array, string]>([
  ['no bytes', new Uint8Array(), 'The file has 0 bytes; the length of its header alone takes 8.'],
  ['one byte', new Uint8Array(1), 'The file has 1 byte; the length of its header alone takes 8.'],
  ['a length of 0', safetensorsFile('{}', 0, 0n), 'The header has no length: the first 8 bytes are 0.'],
  [
    'a length over the limit',
    safetensorsFile('{}', 0, 16_777_217n),
    'The header says it is 16,777,217 bytes long; at most 16,777,216 are read.',
  ],
  [
    'the largest length',
    safetensorsFile('{}', 0, 2n ** 64n - 1n),
    'The header says it is 18,446,744,073,709,551,615 bytes long; at most 16,777,216 are read.',
  ],
  [
    'a pointer of Git LFS',
    text('version https://git-lfs.github.com/spec/v1'),
    'The file is a text that begins with "version ".',
  ],
  [
    'a length beyond the file',
    safetensorsFile('{}', 0, 500n),
    'The file is cut short: the header says it is 500 bytes long, 2 bytes follow.',
  ],
  [
    'a byte that is no UTF-8',
    safetensorsFile(Uint8Array.of(0x7b, 0xff, 0x7d)),
    'The header is not UTF-8 text.',
  ],
  ['an array', safetensorsFile('[]'), 'The header begins with "[", not with "{".'],
  ['a space first', safetensorsFile(' {}'), 'The header begins with " ", not with "{".'],
  ['a byte order mark', safetensorsFile('\ufeff{}'), 'The header begins with "\ufeff", not with "{".'],
  [
    'broken JSON',
    safetensorsFile('{"a":}'),
    `The header's JSON is wrong: expected a value, found "}", at character 5.`,
  ],
  [
    'something behind the JSON',
    safetensorsFile('{}\0'),
    `The header's JSON is wrong: expected the end, found "\\u0000", at character 2.`,
  ],
  [
    'a name twice',
    safetensorsFile(`{${A},${A}}`, 8),
    `The header's JSON is wrong: the name "a" appears twice, at character ${A.length + 2}.`,
  ],
  [
    'a field twice',
    safetensorsFile('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
    `The header's JSON is wrong: the name "dtype" appears twice, at character 19.`,
  ],
  [
    'a text of __metadata__ twice',
    safetensorsFile('{"__metadata__":{"a":"b","a":"c"}}'),
    `The header's JSON is wrong: the name "a" appears twice, at character 25.`,
  ],
  [
    'nesting without end',
    safetensorsFile('{"a":' + '['.repeat(1_000_000)),
    `The header's JSON is wrong: nested deeper than 128 levels, at character 132.`,
  ],
  [
    '__metadata__ that is no object',
    safetensorsFile('{"__metadata__":["a"]}'),
    '__metadata__ is an array, not an object of strings.',
  ],
  [
    'no __metadata__',
    safetensorsFile('{"__metadata__":null}'),
    '__metadata__ is null, not an object of strings.',
  ],
  [
    'a number in __metadata__',
    safetensorsFile('{"__metadata__":{"step":1000}}'),
    '__metadata__ has the number 1,000 under "step"; only strings are allowed.',
  ],
  [
    'a tensor that is a list',
    safetensorsFile('{"a":["F32",[2],[0,8]]}', 8),
    'Tensor "a" is described by an array, not by an object.',
  ],
  ['no dtype', safetensorsFile('{"a":{"shape":[2],"data_offsets":[0,8]}}', 8), 'Tensor "a" has no dtype.'],
  [
    'no own dtype',
    safetensorsFile('{"a":{"__proto__":{"dtype":"F32"},"shape":[2],"data_offsets":[0,8]}}', 8),
    'Tensor "a" has no dtype.',
  ],
  [
    'a dtype of another kind',
    safetensorsFile(one('7', '[2]', '[0,8]'), 8),
    'Tensor "a" has the number 7 as its dtype, not a string.',
  ],
  [
    'a dtype in small letters',
    safetensorsFile(one('"f32"', '[2]', '[0,8]'), 8),
    'Tensor "a" has the unknown dtype "f32".',
  ],
  [
    'a dtype every object has',
    safetensorsFile(one('"constructor"', '[2]', '[0,8]'), 8),
    'Tensor "a" has the unknown dtype "constructor".',
  ],
  ['no shape', safetensorsFile('{"a":{"dtype":"F32","data_offsets":[0,8]}}', 8), 'Tensor "a" has no shape.'],
  [
    'a shape of another kind',
    safetensorsFile(one('"F32"', '2', '[0,8]'), 8),
    'Tensor "a" has the number 2 as its shape, not an array.',
  ],
  [
    'a negative size',
    safetensorsFile(one('"F32"', '[-2]', '[0,8]'), 8),
    `Tensor "a" has the number -2 in its shape, ${RANGE}.`,
  ],
  [
    'a fractional size',
    safetensorsFile(one('"F32"', '[2.0]', '[0,8]'), 8),
    `Tensor "a" has the number 2.0 in its shape, ${RANGE}.`,
  ],
  [
    'an inexact size',
    safetensorsFile(one('"F32"', '[9007199254740993]', '[0,8]'), 8),
    `Tensor "a" has the number 9007199254740993 in its shape, ${RANGE}.`,
  ],
  [
    'a size that is none',
    safetensorsFile(one('"F32"', '[2,null]', '[0,8]'), 8),
    `Tensor "a" has null in its shape, ${RANGE}.`,
  ],
  [
    'too many elements',
    safetensorsFile(one('"F32"', '[4294967296,4294967296]', '[0,8]'), 8),
    'Tensor "a", F32 of shape [4294967296, 4294967296], would take more bits than 2^53 - 1.',
  ],
  [
    'too many elements before a 0',
    safetensorsFile(one('"F32"', '[4294967296,4294967296,0]', '[0,0]')),
    'Tensor "a", F32 of shape [4294967296, 4294967296, 0], would take more bits than 2^53 - 1.',
  ],
  [
    'half a byte',
    safetensorsFile(one('"F4"', '[3]', '[0,2]'), 2),
    'Tensor "a", F4 of shape [3], takes 12 bits: no whole bytes.',
  ],
  [
    'no data_offsets',
    safetensorsFile('{"a":{"dtype":"F32","shape":[2]}}', 8),
    'Tensor "a" has no data_offsets.',
  ],
  [
    'data_offsets of another kind',
    safetensorsFile(one('"F32"', '[2]', '{}'), 8),
    'Tensor "a" has an object as its data_offsets, not an array.',
  ],
  [
    'one offset',
    safetensorsFile(one('"F32"', '[2]', '[8]'), 8),
    'Tensor "a" has data_offsets of 1 numbers, not 2.',
  ],
  [
    'three offsets',
    safetensorsFile(one('"F32"', '[2]', '[0,8,8]'), 8),
    'Tensor "a" has data_offsets of 3 numbers, not 2.',
  ],
  [
    'a negative offset',
    safetensorsFile(one('"F32"', '[2]', '[-8,0]'), 8),
    `Tensor "a" has the number -8 in its data_offsets, ${RANGE}.`,
  ],
  [
    'an offset that is a string',
    safetensorsFile(one('"F32"', '[2]', '["0",8]'), 8),
    `Tensor "a" has the string "0" in its data_offsets, ${RANGE}.`,
  ],
  [
    'reversed offsets',
    safetensorsFile(one('"F32"', '[2]', '[8,0]'), 8),
    'Tensor "a" has data_offsets from 8 back to 0.',
  ],
  [
    'too few bytes for its shape',
    safetensorsFile(one('"F32"', '[600,2]', '[0,8]'), 8),
    'Tensor "a", F32 of shape [600, 2], takes 4,800 bytes; its data_offsets give it 8.',
  ],
  [
    'a very long shape',
    safetensorsFile(one('"U8"', `[${'1,'.repeat(999)}3]`, '[0,1]'), 1),
    'Tensor "a", U8 of shape [1, 1, 1, 1, 1, 1, 1, 1, … 1,000 in all], takes 3 bytes; its data_offsets give it 1.',
  ],
  [
    'an overlap',
    safetensorsFile(`{${A},${entry('b', 'F32', [1], 4, 8)}}`, 8),
    'Tensor "b" begins at byte 4 of the data, inside "a", which ends at byte 8.',
  ],
  [
    'the same bytes twice',
    safetensorsFile(`{${A},${entry('b', 'I64', [1], 0, 8)}}`, 8),
    'Tensor "b" begins at byte 0 of the data, inside "a", which ends at byte 8.',
  ],
  [
    'an empty tensor inside another',
    safetensorsFile(`{${A},${entry('b', 'F32', [0], 4, 4)}}`, 8),
    'Tensor "b" begins at byte 4 of the data, inside "a", which ends at byte 8.',
  ],
  [
    'a hole',
    safetensorsFile(`{${A},${entry('b', 'F32', [1], 2000, 2004)}}`, 2004),
    'Bytes 8 to 2,000 of the data, before tensor "b", belong to no tensor.',
  ],
  [
    'a hole at the beginning',
    safetensorsFile(`{${entry('b', 'F32', [1], 4, 8)}}`, 8),
    'Bytes 0 to 4 of the data, before tensor "b", belong to no tensor.',
  ],
  [
    'bytes behind the last tensor',
    safetensorsFile(`{${A}}`, 1008),
    'Bytes 8 to 1,008 of the data, after the last tensor, belong to no tensor.',
  ],
  [
    'bytes and no tensor',
    safetensorsFile('{}', 1),
    'Bytes 0 to 1 of the data, after the last tensor, belong to no tensor.',
  ],
  [
    'a cut',
    safetensorsFile(`{${A}}`, 7),
    `The file is cut short: the header says ${8 + 2 + A.length + 8} bytes, the file has ${8 + 2 + A.length + 7}.`,
  ],
])('refuses %s', async (_, file, message) => {
  const source = recordingSource(file);
  await expect(readSafetensorsHeader(source)).rejects.toMatchObject({
    name: 'SafetensorsMalformed',
    message,
  });
});
