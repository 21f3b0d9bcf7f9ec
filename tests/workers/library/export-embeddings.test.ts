import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { float16ToFloat32 } from '../../../src/formats/float16';
import { PhotoTable } from '../../../src/library/photo-table';
import type { PhotoRecord } from '../../../src/library/records';
import { exportEmbeddings } from '../../../workers/library/export-embeddings';
import type { EmbeddingExport } from '../../../workers/api';
import { MADE } from '../../exchange/made-rows';
import { memoryStorage } from '../../helpers/memory-storage';

/** The last has no row. */
const PHOTOS: readonly PhotoRecord[] = [3, 7, 8, 9].map((id) => ({
  id,
  folder: 0,
  path: `Träume/${id}.jpg`,
  bytes: id * 1000,
  modified: 1_700_000_000_000,
  key: id.toString(16).padStart(32, '0'),
  width: 40,
  height: 30,
  ...(id === 7 && { taken: 1_600_000_000_000, camera: 'A', place: { latitude: 1.5, longitude: -2 } }),
}));

const rowOf = (id: number) => Float32Array.of(Math.cos(id), Math.sin(id));

const libraryOf = (photos: readonly PhotoRecord[]) => {
  const table = new PhotoTable();
  for (const photo of photos) table.set(photo);
  return {
    packsFrom: (first: number, count: number) => table.packsFrom(first, count),
    labels: new Map([
      [PHOTOS[1]!.key!, { accepted: ['beach', 'dog'], rejected: ['cat'], suggested: ['sea'] }],
    ]),
    row: (_: string, id: number) => (id === 9 ? undefined : rowOf(id)),
  };
};

const library = libraryOf(PHOTOS);

const request = (changes: Partial<EmbeddingExport> = {}): EmbeddingExport => ({
  model: 'ViT-B-32/openai',
  precision: 'fp32',
  preprocess: MADE.preprocess,
  layout: 'clip-retrieval',
  ids: [8, 7, 3, 9],
  ...changes,
});

async function contentOf(files: readonly { name: string; file: Blob }[], name: string): Promise<ArrayBuffer> {
  return files.find((file) => file.name === name)!.file.arrayBuffer();
}

describe('exporting embeddings', () => {
  test('gives the files of a partition, with what is known of each photo', async () => {
    const { count, files, folder } = await exportEmbeddings(library, request(), {});
    expect({ count, folder }).toEqual({ count: 3, folder: undefined });
    expect(files.map(({ name }) => name)).toEqual(['img_emb/img_emb_0.npy', 'metadata/metadata_0.parquet']);
    const numbers = new Uint16Array((await contentOf(files, 'img_emb/img_emb_0.npy')).slice(128));
    for (const [at, id] of [3, 7, 8].entries())
      expect(float16ToFloat32(numbers).subarray(2 * at, 2 * at + 2)[0]).toBeCloseTo(rowOf(id)[0]!, 3);
    const rows = await parquetReadObjects({ file: await contentOf(files, 'metadata/metadata_0.parquet') });
    expect(rows[1]).toEqual({
      image_path: 'Träume/7.jpg',
      content_key: '7'.padStart(32, '0'),
      width: 40n,
      height: 30n,
      bytes: 7000n,
      modified: new Date(1_700_000_000_000),
      taken: '2020-09-13T12:26:40',
      camera: 'A',
      labels: 'beach, dog, sea',
      latitude: 1.5,
      longitude: -2,
    });
    expect(rows[2]).toMatchObject({ image_path: 'Träume/8.jpg', taken: null, latitude: null });
  });

  test.each([
    ['parquet', 'embeddings.parquet'],
    ['csv', 'embeddings.csv'],
  ] as const)('gives one file as %s', async (layout, name) => {
    const { files } = await exportEmbeddings(library, request({ layout }), {});
    expect(files.map((file) => file.name)).toEqual([name]);
    expect((await contentOf(files, name)).byteLength).toBeGreaterThan(100);
  });

  test('takes the photos that were asked for and are still there', async () => {
    const gone = libraryOf(PHOTOS.filter(({ id }) => id !== 8));
    const { count, files } = await exportEmbeddings(gone, request({ layout: 'csv', ids: [8, 7, 99] }), {});
    expect(count).toBe(1);
    const lines = new TextDecoder()
      .decode(await contentOf(files, 'embeddings.csv'))
      .trimEnd()
      .split('\r\n');
    expect(lines.slice(1)).toEqual([expect.stringMatching(/^Träume\/7\.jpg,/)]);
  });

  test('writes into a new folder each time', async () => {
    const disk = memoryStorage();
    const first = await exportEmbeddings(library, request({ folder: disk.root }), {});
    const second = await exportEmbeddings(library, request({ folder: disk.root, layout: 'csv' }), {});
    expect([first.folder, second.folder]).toEqual([
      'embeddings ViT-B-32-openai',
      'embeddings ViT-B-32-openai (2)',
    ]);
    expect(first.files).toEqual([]);
    expect(disk.paths()).toEqual([
      'embeddings ViT-B-32-openai (2)/embeddings.csv',
      'embeddings ViT-B-32-openai/img_emb/img_emb_0.npy',
      'embeddings ViT-B-32-openai/metadata/metadata_0.parquet',
    ]);
    const { files } = await exportEmbeddings(library, request(), {});
    expect(disk.read('embeddings ViT-B-32-openai/img_emb/img_emb_0.npy')).toEqual(
      new Uint8Array(await contentOf(files, 'img_emb/img_emb_0.npy')),
    );
  });

  test.each(['stopped', 'full'])('leaves nothing where it was %s', async (how) => {
    const disk = memoryStorage(how === 'full' ? 100 : Infinity);
    const stop = new AbortController();
    if (how === 'stopped') stop.abort();
    const saving = exportEmbeddings(library, request({ folder: disk.root }), { signal: stop.signal });
    await expect(saving).rejects.toMatchObject({ name: how === 'full' ? 'StorageFull' : 'Cancelled' });
    expect(disk.paths()).toEqual([]);
  });
});
