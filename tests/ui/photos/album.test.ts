import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { packedAlbum } from '../../../tools/album-pack.js';
import { albumPicture, albumPictures, fetchAlbum } from '../../../src/ui/photos/album';
import type { GivenFile } from '../../../src/ui/kit/given-files';

const BASE = 'https://example.org/some/where/album/';

function server(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): {
  get: typeof fetch;
  asked: string[];
} {
  const asked: string[] = [];
  const get: typeof fetch = async (address) => {
    const name = (address as URL).href.replace(BASE, '');
    asked.push(name);
    return new Response(files[name], { status: files[name] === undefined ? 404 : 200 });
  };
  return { get, asked };
}

const pack = Uint8Array.from(await packedAlbum('static/album'));

async function allOf(get: typeof fetch): Promise<GivenFile[]> {
  const all: GivenFile[] = [];
  for await (const given of fetchAlbum(BASE, get)) all.push(given);
  return all;
}

describe('fetchAlbum', () => {
  it('yields the pictures in the order of their captions, from one file below the page’s own address', async () => {
    const { get, asked } = server({ 'album.pack': pack });
    const files = (await allOf(get)).filter((given) => given.ok);
    const captions = JSON.parse(await readFile('static/album/captions.json', 'utf8')) as { file: string }[];
    expect(files.map(({ path }) => path)).toEqual(captions.map(({ file }) => `Sample album/${file}`));
    for (const at of [0, 7, files.length - 1]) {
      const { name, type, lastModified } = files[at]!.file;
      expect({ type, lastModified }).toEqual({ type: 'image/webp', lastModified: 0 });
      expect(Buffer.from(await files[at]!.file.arrayBuffer())).toEqual(
        await readFile(`static/album/${name}`),
      );
    }
    expect(asked).toEqual(['album.pack']);
  });

  it.each([0, 3, 40, pack.length - 1])('takes none of a pack that was cut after %i bytes', async (bytes) => {
    const { get } = server({ 'album.pack': pack.slice(0, bytes) });
    await expect(allOf(get)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: 'The sample album could not be fetched: album.pack did not arrive whole.',
    });
  });

  it('says when nothing answers', async () => {
    const offline = (() => Promise.reject(new TypeError('Failed to fetch'))) as typeof fetch;
    await expect(allOf(offline)).rejects.toMatchObject({ name: 'NetworkFailed' });
  });
});

describe('albumPicture', () => {
  it('fetches one picture, and says which file is missing', async () => {
    const { get } = server({ 'a.webp': Uint8Array.of(1, 2) });
    const file = await albumPicture(BASE, 'a.webp', get);
    expect([file.name, file.size]).toEqual(['a.webp', 2]);
    await expect(albumPicture(BASE, 'b.webp', get)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: 'The sample album could not be fetched: b.webp was answered with 404.',
    });
  });
});

describe('albumPictures', () => {
  it('names pictures of the album, none twice', () => {
    const addresses = albumPictures(BASE).flat();
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const address of addresses) expect(address).toMatch(/\/album\/album-0[0-7]\d\.webp$/);
  });
});
