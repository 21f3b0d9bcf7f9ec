import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/core/failure';
import { DTYPE_BITS, elementCount, readSafetensorsHeader, readTensor } from '../../src/formats/safetensors';
import { fixture } from './fixtures';
import { recordingSource, safetensorsFile } from './safetensors-file';

interface Base {
  readonly header: string;
  readonly dataLength: number;
}

/** One tensor as JSON text, so that a number can be written in ways no number has. */
interface Entry {
  name: string;
  dtype: string;
  shape: string;
  data_offsets: string;
  /** Stands in place of the whole object. */
  instead?: string;
}

const CHECKPOINTS = ['vit-eos-pool', 'vit-quickgelu-bf16', 'rn50-like'];
const SMALL: Base = {
  header:
    '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},' +
    '"b":{"dtype":"I64","shape":[],"data_offsets":[24,32]},"c":{"dtype":"F16","shape":[0,4],"data_offsets":[32,32]}}',
  dataLength: 32,
};

const bases: Base[] = [SMALL];
for (const checkpoint of CHECKPOINTS) {
  const file = await fixture(`towers/${checkpoint}/open_clip_model.safetensors`);
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, 8 + length));
  bases.push({ header, dataLength: file.length - 8 - length });
}

/** How the base files fared; a mutation that spares none or all of them would prove little. */
const outcomes = { accepted: 0, refused: 0 };

/** `file` is either read as a header that holds together, or refused as malformed; nothing else ever happens. */
async function checkOutcome(file: Uint8Array): Promise<void> {
  const source = recordingSource(file);
  let header;
  try {
    header = await readSafetensorsHeader(source);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ name: 'SafetensorsMalformed' });
    expect((error as Failure).message.length).toBeLessThan(400);
    outcomes.refused += 1;
    return;
  }
  outcomes.accepted += 1;
  let covered = header.dataStart;
  for (const [name, info] of header.tensors) {
    const data = await readTensor(source, info);
    const wrong =
      info.name !== name ||
      info.start !== covered ||
      data.byteLength * 8 !== elementCount(info.shape) * DTYPE_BITS[info.dtype];
    if (wrong) expect.fail(`${name}: ${JSON.stringify(info)} after ${covered}, ${data.byteLength} bytes`);
    covered = info.end;
  }
  expect(covered).toBe(file.length);
  expect(source.reads.length).toBe(2 + header.tensors.size);
}

/** 2,500 mutated files a test: 10,000 in all. */
async function checkAll(files: fc.Arbitrary<Uint8Array>): Promise<void> {
  Object.assign(outcomes, { accepted: 0, refused: 0 });
  await fc.assert(fc.asyncProperty(files, checkOutcome), { numRuns: 2500, seed: 20 });
  expect(outcomes.accepted).toBeGreaterThan(20);
  expect(outcomes.refused).toBeGreaterThan(500);
}

const base = fc.constantFrom(...bases);
const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (place: number, length: number) => Math.floor(place * length);

/** Whole numbers near every edge, and other numbers, as JSON text. */
const numberText = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '2',
    '3',
    '8',
    '24',
    '32',
    '-1',
    '-0',
    '0.0',
    '1.5',
    '1e2',
    '1e999',
    '01',
    '0x1',
    'NaN',
  ),
  fc.constantFrom('4294967296', '2147483648', '9007199254740991', '9007199254740992', '18446744073709551616'),
  fc.constantFrom('9'.repeat(50), '9'.repeat(5000), 'null', '"1"', '[1]', '{}', 'true'),
  fc.nat({ max: 600_000 }).map(String),
);
const listText = fc.array(numberText, { maxLength: 5 }).map((numbers) => `[${numbers.join(',')}]`);
const anyJson = fc.oneof(fc.json({ maxDepth: 4 }), numberText, listText);

test('any bytes changed', async () => {
  const change = fc.record({
    place: position,
    value: fc.oneof(fc.nat(255), fc.constantFrom(0x20, 0x22, 0x30, 0x5c)),
  });
  const files = fc
    .tuple(base, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([{ header, dataLength }, changes]) => {
      const file = safetensorsFile(header, dataLength);
      for (const { place, value } of changes) file[at(place, 8 + header.length)] = value;
      return file;
    });
  await checkAll(files);
});

test('any length of the file and of the header', async () => {
  const difference = fc.oneof(
    fc.constant(0),
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: -700_000, max: 9000 }),
  );
  const length = fc.oneof(
    fc.constant(undefined),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 0n, max: 20_000n }),
  );
  const files = fc.tuple(base, difference, length).map(([{ header, dataLength }, more, says]) => {
    const file = safetensorsFile(header, dataLength + Math.max(more, 0), says);
    return more < 0 ? file.subarray(0, Math.max(file.length + more, 0)) : file;
  });
  await checkAll(files);
});

test('any tensor described otherwise', async () => {
  const edit = fc.oneof(
    fc.record({
      dtype: fc.oneof(fc.constantFrom(...Object.keys(DTYPE_BITS), 'f32', '__proto__').map(quote), anyJson),
    }),
    fc.record({ shape: fc.oneof(listText, anyJson) }),
    fc.record({ data_offsets: fc.oneof(listText, anyJson) }),
    fc.record({
      name: fc.oneof(fc.constantFrom('__proto__', '__metadata__', 'a', 'ln_final.bias', ''), fc.string()),
    }),
    fc.record({ instead: anyJson }),
    fc.constantFrom('swap', 'repeat', 'remove', 'add', 'scalar'),
  );
  const files = fc
    .tuple(base, fc.array(fc.tuple(position, edit), { minLength: 1, maxLength: 3 }))
    .map(([{ header, dataLength }, edits]) => {
      const entries = entriesOf(header);
      for (const [place, change] of edits) {
        const index = at(place, entries.length);
        const entry = entries[index];
        if (entry === undefined) continue;
        const end = (JSON.parse(entriesOf(header).at(-1)!.data_offsets) as number[])[1];
        if (change === 'swap') entries.push(...entries.splice(index, 1));
        else if (change === 'repeat') entries.push({ ...entry });
        else if (change === 'remove') entries.splice(index, 1);
        else if (change === 'add')
          entries.push({ ...entry, name: 'new', shape: '[0]', data_offsets: `[${end},${end}]` });
        else if (change === 'scalar') Object.assign(entry, { shape: '[]' });
        else Object.assign(entry, change);
      }
      return safetensorsFile(textOf(entries), dataLength);
    });
  await checkAll(files);
});

test('any text put in or taken out', async () => {
  const fragment = fc.oneof(
    fc
      .constantFrom('[', '{"a":', '"a":{', '{')
      .chain((part) => fc.constantFrom(1, 127, 100_000).map((n) => part.repeat(n))),
    fc.constantFrom(
      ' ',
      '\n',
      '\0',
      '\ufeff',
      '"',
      '\\',
      '\\u',
      '\\ud800',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '-',
      '.',
      'e',
      '9',
    ),
    fc.constantFrom(
      '"a":1,',
      '"__metadata__":{},',
      '"__proto__":{},',
      '"dtype":"F32",',
      '"x":[{}],',
      '"x":"\\n",',
      '[],',
    ),
    fc.constantFrom('9'.repeat(400), '9'.repeat(200_000), 'x'.repeat(200_000), '\\'.repeat(200_001)),
    fc.string({ unit: 'binary', maxLength: 8 }),
    anyJson,
  );
  const files = fc
    .tuple(base, position, fc.nat(3), fragment, fc.boolean())
    .map(([{ header, dataLength }, place, removed, inserted, betweenFields]) => {
      let start = at(place, header.length);
      if (betweenFields) start = header.indexOf('"', header.indexOf('{', start)) || start;
      const text = header.slice(0, start) + inserted + header.slice(start + (betweenFields ? 0 : removed));
      return safetensorsFile(text, dataLength);
    });
  await checkAll(files);
});

function quote(text: string): string {
  return JSON.stringify(text);
}

function entriesOf(header: string): Entry[] {
  const document = JSON.parse(header) as Record<string, Record<string, unknown>>;
  return Object.entries(document)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, { dtype, shape, data_offsets }]) => ({
      name,
      dtype: JSON.stringify(dtype),
      shape: JSON.stringify(shape),
      data_offsets: JSON.stringify(data_offsets),
    }));
}

function textOf(entries: readonly Entry[]): string {
  const texts = entries.map(({ name, dtype, shape, data_offsets, instead }) => {
    return `${quote(name)}:${instead ?? `{"dtype":${dtype},"shape":${shape},"data_offsets":${data_offsets}}`}`;
  });
  return `{${texts.join(',')}}`;
}
