import { describe, expect, it } from 'vitest';
import { albumPictures, fetchAlbum } from '../../../src/ui/photos/album';

const BASE = 'https://example.org/some/where/album/';

function server(files: Readonly<Record<string, string>>): { get: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const get: typeof fetch = async (address) => {
    const name = (address as URL).href.replace(BASE, '');
    asked.push(name);
    const text = files[name];
    return new Response(text ?? '', { status: text === undefined ? 404 : 200 });
  };
  return { get, asked };
}

describe('fetchAlbum', () => {
  it('yields the listed pictures in their order, below the page’s own address', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.webp`);
    const captions = JSON.stringify(names.map((file) => ({ file })));
    const { get, asked } = server({
      'captions.json': captions,
      ...Object.fromEntries(names.map((n) => [n, n])),
    });
    const files = [];
    for await (const given of fetchAlbum(BASE, get)) if (given.ok) files.push(given);
    expect(files.map(({ path }) => path)).toEqual(names.map((name) => `Sample album/${name}`));
    expect(await files[7]!.file.text()).toBe('7.webp');
    expect(files[7]!.file).toMatchObject({ name: '7.webp', type: 'image/webp', lastModified: 0 });
    expect(asked).toHaveLength(21);
  });

  it('says which file is missing', async () => {
    const { get } = server({ 'captions.json': '[{"file":"a.webp"}]' });
    await expect(fetchAlbum(BASE, get).next()).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: 'The sample album could not be fetched: a.webp was answered with 404.',
    });
  });

  it('says when nothing answers', async () => {
    const offline = (() => Promise.reject(new TypeError('Failed to fetch'))) as typeof fetch;
    await expect(fetchAlbum(BASE, offline).next()).rejects.toMatchObject({ name: 'NetworkFailed' });
  });
});

describe('albumPictures', () => {
  it('names pictures of the album, none twice', () => {
    const addresses = albumPictures(BASE).flat();
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const address of addresses) expect(address).toMatch(/\/album\/album-0[0-7]\d\.webp$/);
  });
});
