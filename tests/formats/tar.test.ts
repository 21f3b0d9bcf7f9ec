import { inflateSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../src/formats/byte-source';
import { tarMembers } from '../../src/formats/tar';

/** Written by Python's `tarfile` (`TarInfo` of each kind of member), deflated, as Base64. */
const saved = JSON.parse(
  readFileSync(new URL('../fixtures/datasets/tars.json', import.meta.url), 'utf8'),
) as Readonly<Record<'ustar' | 'gnu' | 'pax', string>>;

const tar = (form: keyof typeof saved) => new Uint8Array(inflateSync(Buffer.from(saved[form], 'base64')));

async function read(bytes: Uint8Array<ArrayBuffer>, from?: number) {
  const members: { name: string; text: string; next: number }[] = [];
  for await (const member of tarMembers(bufferSource(bytes), from)) {
    const text = new TextDecoder().decode(await member.read());
    expect(member.byteLength).toBe(Buffer.byteLength(text));
    members.push({ name: member.name, text, next: member.next });
  }
  return members;
}

const COMMON = [
  { name: 'folder/a.txt', text: 'alpha' },
  { name: 'folder/empty.txt', text: '' },
  { name: `${'d/'.repeat(60)}deep.txt`, text: 'x'.repeat(600) },
  { name: 'café/猫.txt', text: '猫' },
];
const LONG = { name: `${'n'.repeat(150)}.txt`, text: 'long' };

describe.each([
  ['ustar', COMMON],
  ['gnu', [...COMMON, LONG]],
  ['pax', [...COMMON, LONG]],
] as const)('a tar in %s', (form, expected) => {
  it('gives its regular files, with names of any length', async () => {
    const members = await read(tar(form));
    expect(members.map(({ name, text }) => ({ name, text }))).toEqual(expected);
  });

  it('is read on from behind any of them', async () => {
    const members = await read(tar(form));
    for (const [index, { next }] of members.entries()) {
      expect(await read(tar(form), next)).toEqual(members.slice(index + 1));
    }
  });

  it('is reported when it is cut, wherever that is', async () => {
    const bytes = tar(form);
    const { next } = (await read(bytes)).at(-1)!;
    for (const length of [next, next - 1, next - 512, 512 * 3 + 3, 512, 511, 1, 0]) {
      const cut = read(bytes.slice(0, length));
      await expect(cut).rejects.toThrow(expect.objectContaining({ name: 'DataSetIncomplete' }));
      await expect(cut).rejects.toThrow('cut short');
    }
  });
});

/** The checksum of a header that was changed. */
function resum(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  bytes.fill(0x20, at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0`), at + 148);
  return bytes;
}

it('reads a size in base 256, which GNU tar writes from 8 GiB on', async () => {
  const bytes = tar('ustar');
  // The first file's header follows that of the folder.
  bytes.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 512 + 124);
  expect((await read(resum(bytes, 512)))[0]).toMatchObject({ name: 'folder/a.txt', text: 'alpha' });
  bytes.set([0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], 512 + 124);
  await expect(read(resum(bytes, 512))).rejects.toThrow('byte 8,589,935,616 at least');
});

it.each([
  ['another file', new Uint8Array(1024).fill(0x41), 'no header of a tar at byte 0'],
  ['a header whose sum is not its own', tar('ustar').fill(0x42, 512, 513), 'no header of a tar at byte 512'],
  ['no size', resum(tar('ustar').fill(0x39, 512 + 124, 512 + 135), 512), 'no size at byte 512'],
])('refuses %s', async (_, bytes, message) => {
  const refused = read(bytes);
  await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'DataSetMalformed' }));
  await expect(refused).rejects.toThrow(message);
});

/** A file of zeros between two letters, written by `tar --sparse` of GNU tar 1.34, deflated, as Base64. */
const SPARSE = {
  gnu: 'eNrt0FEKwjAMxvEcpScYSal6EE/QwZ4ndWN6e6uwMSrUB1EY+/9e0qYNgS82U9de5Kc0O4bwqllRzU7B5t7zLurV/EHcWf5gvA4xOSep74fav0/vX6VTJLKczWyd2JJU7hepaX3BPPDmJgAAAAAAAAC26k4EAAAAAAAAu/YAxrAhkQ==',
  pax: 'eNrt1LFOwzAQBmDPfoo+gXM+O048ZAUmhIR4AAMegtqmcoIIPD1OqESVoSylUuH/Fkf3W4rsy0UVd2G8ieE5pr4I6i0+7sSpUeasnddsuRLb72ciLUhrY1isRnEGr/0QUn69+J+YV9e3D6rfhdRHtQkvXWq0XFTbba6SZHdY3YZNbL6+GGnoMEkxrPv2IzZm7ueUhqHNu3XlHbnamkoZp+uSra6m9GmZsq6mlLUU8KtUkRt3P/ftql1HxcZxeeIfwfH511xZvZj/0lgnVnTO+U9dNxzb91O+PNyFMJKkJe8ke09US++N3I8tYfj+vhFXAAAAAAAAAAAAcLHecQUAAAAAALD3CTrRYVw=',
}; // prettier-ignore

it.each(['gnu', 'pax'] as const)(
  'refuses a sparse file in the form "%s", whose bytes are not all there',
  async (form) => {
    const bytes = new Uint8Array(inflateSync(Buffer.from(SPARSE[form], 'base64')));
    await expect(read(bytes)).rejects.toThrow(expect.objectContaining({ name: 'DataSetMalformed' }));
    await expect(read(bytes)).rejects.toThrow('There is a sparse file');
  },
);
