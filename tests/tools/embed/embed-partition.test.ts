import { appendFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Raster } from '../../../src/image/raster';
import { embedPartition, type Embedder } from '../../../tools/embed/embed-partition';
import { listPictures, partOf } from '../../../tools/embed/picture-list';
import { tarOf } from '../../helpers/tar';

const COUNT = 90;

let folder = '';
let embedded: number[];
/** Pictures after which the process dies. */
let life: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-embed-'));
  await mkdir(path.join(folder, 'in/deep'), { recursive: true });
  for (let at = 0; at < COUNT; at++) {
    const name = at % 3 === 0 ? `deep/${at}.png` : `${at}.png`;
    await writeFile(path.join(folder, 'in', name), await picture(at));
  }
  await writeFile(path.join(folder, 'in/broken.jpg'), 'no picture');
  await writeFile(path.join(folder, 'in/notes.txt'), 'no picture either');
  embedded = [];
  life = Infinity;
});

afterEach(() => rm(folder, { recursive: true }));

/** Of one grey, by which its row is known again. */
function picture(grey: number): Promise<Buffer> {
  return sharp({ create: { width: 2, height: 2, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();
}

/** Of a picture its grey as an angle. */
const model: Embedder = {
  weights: 'f'.repeat(32),
  made: {
    model: 'tiny',
    dim: 2,
    precision: 'fp32',
    preprocess: {
      size: [2, 2],
      resizeMode: 'squash',
      interpolation: 'bicubic',
      fillColor: 0,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
  },
  encodePictures: async (pictures: readonly Raster[]) => {
    embedded.push(pictures.length);
    if ((life -= pictures.length) < 0) throw new Error('killed');
    const data = Float32Array.from(
      pictures.flatMap(({ data: [grey = 0] }) => [Math.cos(grey / 100), Math.sin(grey / 100)]),
    );
    return { count: pictures.length, dim: 2, data };
  },
};

async function run(out: string, number: number, of: number) {
  const pictures = await listPictures([path.join(folder, 'in')]);
  return embedPartition({ pictures, number, of, out: path.join(folder, out) }, model, () => {});
}

/** Paths and rows under `out`, partition after partition. */
async function resultOf(out: string): Promise<{ paths: unknown[]; rows: Buffer }> {
  const names = async (kind: string) =>
    (await readdir(path.join(folder, out, kind))).sort().map((name) => path.join(folder, out, kind, name));
  const paths = [];
  for (const file of await names('metadata')) {
    const bytes = Uint8Array.from(await readFile(file)).buffer;
    const table: Record<string, unknown>[] = await parquetReadObjects({ file: bytes });
    paths.push(...table.map((row) => row['image_path']));
  }
  const rows = [];
  for (const file of await names('img_emb')) {
    const bytes = await readFile(file);
    rows.push(bytes.subarray(10 + bytes.readUInt16LE(8)));
  }
  return { paths, rows: Buffer.concat(rows) };
}

describe('a folder that is embedded in partitions', () => {
  it('gives the rows and the order of one run, though one of them was killed', async () => {
    expect(await run('one', 0, 1)).toEqual({ embedded: COUNT, skipped: 1, found: 0 });
    const whole = await resultOf('one');
    expect(whole.paths).toEqual((whole.paths as string[]).toSorted());
    expect(whole.rows).toHaveLength(COUNT * 4);

    life = 40;
    await run('parts', 0, 2).catch(() => undefined);
    expect(embedded.splice(0)).toContain(32);
    // The last record was being written.
    await appendFile(path.join(folder, 'parts/unfinished/embeddings_0'), 'half a record');
    await expect(readdir(path.join(folder, 'parts/img_emb'))).rejects.toThrow('ENOENT');
    life = Infinity;
    expect(await run('parts', 0, 2)).toMatchObject({ found: 32 });
    expect(await run('parts', 1, 2)).toMatchObject({ found: 0 });
    const parts = await resultOf('parts');
    expect(parts.paths).toEqual(whole.paths);
    expect(parts.rows.equals(whole.rows)).toBe(true);
  });

  it('computes nothing again that is done, and all that has changed', async () => {
    await run('out', 0, 1);
    embedded = [];
    expect(await run('out', 0, 1)).toEqual({ embedded: COUNT, skipped: 1, found: COUNT + 1 });
    expect(embedded).toEqual([]);
    await writeFile(path.join(folder, 'in/new.png'), await picture(99));
    expect(await run('out', 0, 1)).toEqual({ embedded: COUNT + 1, skipped: 1, found: 0 });
  });

  it('is embedded again where what it says of itself was being written', async () => {
    await run('out', 0, 1);
    await writeFile(path.join(folder, 'out/stats/stats_0.json'), '{"identity":"');
    expect(await run('out', 0, 1)).toEqual({ embedded: COUNT, skipped: 1, found: 0 });
    expect(await run('out', 0, 1)).toMatchObject({ found: COUNT + 1 });
    // Nothing is left there under another name.
    expect(await readdir(path.join(folder, 'out/stats'))).toEqual(['stats_0.json']);
  });

  it('tells which pictures could not be read, and why', async () => {
    await run('out', 0, 1);
    const lines = (await readFile(path.join(folder, 'out/failures/failures_0.jsonl'), 'utf8')).trim();
    const { image_path, message } = JSON.parse(lines) as { image_path: string; message: string };
    expect(image_path).toBe(path.join(folder, 'in/broken.jpg'));
    expect(message).toMatch(/unsupported image format/);
  });
});

it('lists the pictures of tars in their order, behind those of folders named before', async () => {
  const tar = path.join(folder, 'shard.tar');
  const entries = { 'b.jpg': 'x', 'a.txt': 'x', 'a.jpg': 'xy' };
  const members = Object.entries(entries).map(([name, data]) => ({ name, data: Buffer.from(data) }));
  await writeFile(tar, tarOf(members, 'gnu'));
  const listed = await listPictures([path.join(folder, 'in/deep'), tar]);
  expect(listed.slice(-2).map(({ path: name, bytes }) => [name, bytes])).toEqual([
    [`${tar}/b.jpg`, 1],
    [`${tar}/a.jpg`, 2],
  ]);
  expect(Buffer.from(await listed.at(-1)!.read()).toString()).toBe('xy');
  await expect(listPictures([path.join(folder, 'nowhere')])).rejects.toMatchObject({
    name: 'FileUnreadable',
  });
});

it('gives each of N parts a share, and all of them everything', () => {
  const list = Array.from({ length: 11 }, (_, i) => i);
  const parts = [0, 1, 2, 3].map((number) => partOf(list, number, 4));
  expect(parts.flat()).toEqual(list);
  expect(parts.map(({ length }) => length)).toEqual([2, 3, 3, 3]);
  expect(partOf([], 2, 4)).toEqual([]);
});
