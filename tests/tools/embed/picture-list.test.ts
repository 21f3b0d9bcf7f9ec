import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listPictures, partOf } from '../../../tools/embed/picture-list';
import { tarOf } from '../../helpers/tar';

let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'clipscope-list-')));
  await mkdir(path.join(folder, 'in/deep'), { recursive: true });
  for (const name of ['in/b.png', 'in/deep/a.png', 'in/notes.txt'])
    await writeFile(path.join(folder, name), name);
});

afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

async function namesIn(...inputs: string[]): Promise<string[]> {
  const { pictures } = await listPictures(inputs);
  return pictures.map((picture) => path.relative(folder, picture.path));
}

/** A tar of three files, two of them pictures. */
function shard(): Uint8Array {
  const entries = { 'b.jpg': 'x', 'a.txt': 'x', 'a.jpg': 'xy' };
  return tarOf(
    Object.entries(entries).map(([name, data]) => ({ name, data: Buffer.from(data) })),
    'gnu',
  );
}

it('lists the pictures of tars in their order, behind those of folders named before', async () => {
  const tar = at('shard.tar');
  await writeFile(tar, shard());
  const { pictures, gaps } = await listPictures([at('in/deep'), tar]);
  const found = pictures.map(async (one) => [one.path, await one.byteLength()]);
  expect(await Promise.all(found)).toEqual([
    [at('in/deep/a.png'), 13],
    [`${tar}/b.jpg`, 1],
    [`${tar}/a.jpg`, 2],
  ]);
  expect(gaps).toEqual([]);
  expect(Buffer.from(await pictures.at(-1)!.read()).toString()).toBe('xy');
  await expect(listPictures([at('nowhere')])).rejects.toMatchObject({ name: 'FileUnreadable' });
});

it('names a picture the same however and from wherever its folder is named', async () => {
  const expected = await namesIn(at('in'));
  expect(expected).toEqual(['in/b.png', 'in/deep/a.png']);
  const here = path.relative(process.cwd(), at('in'));
  expect(await namesIn(here)).toEqual(expected);
  expect(await namesIn(`./${here}/`)).toEqual(expected);
  expect(await namesIn(`${at('in')}/deep/..`)).toEqual(expected);
});

it('lists each real folder once, though links lead to it', async () => {
  await mkdir(at('elsewhere'));
  await writeFile(at('elsewhere/c.png'), '');
  // Above itself, beside itself, out of the folder twice, and to nothing.
  await symlink(at('in'), at('in/deep/up'));
  await symlink(at('in/deep'), at('in/another'));
  await symlink(at('elsewhere'), at('in/link'));
  await symlink(at('elsewhere'), at('in/later'));
  await symlink(at('nowhere'), at('in/lost.png'));
  const expected = ['in/b.png', 'in/deep/a.png', 'in/later/c.png', 'in/lost.png'];
  expect(await namesIn(at('in'))).toEqual(expected);
  expect(await namesIn(at('in'), at('in/deep'), at('in'))).toEqual(expected);
});

it('lists what a cut tar holds before its end, and tells of it', async () => {
  const tar = at('cut.tar');
  // Within the third file.
  await writeFile(tar, shard().subarray(0, 5 * 512 + 1));
  const { pictures, gaps } = await listPictures([tar, at('in')]);
  expect(pictures.map((picture) => path.relative(folder, picture.path))).toEqual([
    'cut.tar/b.jpg',
    'in/b.png',
    'in/deep/a.png',
  ]);
  expect(gaps).toEqual([{ path: tar, message: expect.stringContaining('The tar is cut short') as string }]);
});

it('gives each of N parts a share, and all of them everything', () => {
  const list = Array.from({ length: 11 }, (_, i) => i);
  const parts = [0, 1, 2, 3].map((number) => partOf(list, number, 4));
  expect(parts.flat()).toEqual(list);
  expect(parts.map(({ length }) => length)).toEqual([2, 3, 3, 3]);
  expect(partOf([], 2, 4)).toEqual([]);
});
