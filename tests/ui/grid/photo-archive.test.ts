import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { zipOf } from '../../../src/ui/grid/photo-archive';

async function zipped(...files: readonly { path: string; text: string; modified?: number }[]) {
  const packed = async function* () {
    for (const { path, text, modified = Date.UTC(2020, 0, 1) } of files) {
      yield { path, modified, bytes: new TextEncoder().encode(text).buffer };
    }
  };
  return new Uint8Array(await (await zipOf(packed())).arrayBuffer());
}

it('unpacks to as many files as were packed, though their paths are one', async () => {
  const bytes = await zipped(
    { path: 'DCIM/IMG_0001.JPG', text: 'first card' },
    { path: 'DCIM/IMG_0001.JPG', text: 'second card' },
    { path: '../CON.jpg', text: 'odd' },
  );
  const unpacked = Object.entries(unzipSync(bytes)).map(([name, data]) => [
    name,
    new TextDecoder().decode(data),
  ]);
  expect(unpacked).toEqual([
    ['DCIM/IMG_0001.JPG', 'first card'],
    ['DCIM/IMG_0001 (2).JPG', 'second card'],
    ['__/_CON.jpg', 'odd'],
  ]);
});

/** Date and time of the first entry, as its header has them (APPNOTE.TXT 4.4.6). */
function dateOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [time, date] = [view.getUint16(10, true), view.getUint16(12, true)];
  const day = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return `${day.join('-')} ${[time >> 11, (time >> 5) & 63, (time & 31) * 2].join(':')}`;
}

it.each([
  ['of 1975', Number(new Date(1975, 5, 1)), '1980-1-1 0:0:0'],
  ['that is none', NaN, '1980-1-1 0:0:0'],
  ['of 2020', Number(new Date(2020, 1, 29, 13, 37, 42)), '2020-2-29 13:37:42'],
  ['of 2150', Number(new Date(2150, 0, 1)), '2107-12-31 23:59:58'],
])('writes a date %s as one that a zip can hold', async (_, modified, written) => {
  expect(dateOf(await zipped({ path: 'a.jpg', text: 'a', modified }))).toBe(written);
});
