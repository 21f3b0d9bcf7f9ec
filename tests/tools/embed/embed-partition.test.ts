import { appendFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PictureBatch } from '../../../src/engine/pictures';
import { embedPartition, type Embedder } from '../../../tools/embed/embed-partition';
import { listPictures } from '../../../tools/embed/picture-list';

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
  encodeImages: async ({ count, height, width, data: pixels }: PictureBatch) => {
    embedded.push(count);
    if ((life -= count) < 0) throw new Error('killed');
    const greys = Array.from({ length: count }, (_, at) => pixels[at * height * width * 3]!);
    const data = Float32Array.from(greys.flatMap((grey) => [Math.cos(grey / 100), Math.sin(grey / 100)]));
    return { count, dim: 2, data };
  },
};

async function run(out: string, number: number, of: number, by = model) {
  const list = await listPictures([path.join(folder, 'in')]);
  return embedPartition({ ...list, number, of, out: path.join(folder, out) }, by, () => {});
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

describe('a folder that holds embeddings', () => {
  it('refuses another split, and another model', async () => {
    await run('out', 0, 2);
    const before = await readdir(path.join(folder, 'out'), { recursive: true });
    await expect(run('out', 1, 3)).rejects.toMatchObject({
      name: 'PartitionsMixed',
      message: `${path.join(folder, 'out')} holds embeddings in 2 partitions, and these would be in 3.`,
      todo: 'Go on with --partition I/2, or choose another folder with --out.',
    });
    const other = { ...model, weights: 'e'.repeat(32), made: { ...model.made, model: 'other' } };
    await expect(run('out', 1, 2, other)).rejects.toMatchObject({
      name: 'PartitionsMixed',
      message: expect.stringContaining('holds embeddings of tiny in fp32') as string,
    });
    expect(await readdir(path.join(folder, 'out'), { recursive: true })).toEqual(before);
    expect(await run('out', 1, 2)).toMatchObject({ found: 0 });
  });

  it('is written by one process a partition, and by the next once that has ended', async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => (go = resolve));
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const slow: Embedder = {
      ...model,
      encodeImages: async (batch) => {
        begun();
        await waiting;
        return model.encodeImages(batch);
      },
    };
    const first = run('out', 0, 1, slow);
    await hasBegun;
    await expect(run('out', 0, 1)).rejects.toMatchObject({ name: 'PartitionBusy' });
    go();
    expect(await first).toMatchObject({ embedded: COUNT });
    expect(await run('out', 0, 1)).toMatchObject({ found: COUNT + 1 });
    expect((await readdir(path.join(folder, 'out'))).sort()).toEqual([
      'failures',
      'img_emb',
      'metadata',
      'run.json',
      'stats',
    ]);
  });

  it('tells of what could not be read to its end beside the pictures that could not', async () => {
    const list = await listPictures([path.join(folder, 'in/deep')]);
    const gaps = [{ path: '/shard.tar', message: 'The tar is cut short.' }];
    await embedPartition({ ...list, gaps, number: 0, of: 1, out: path.join(folder, 'out') }, model, () => {});
    const lines = await readFile(path.join(folder, 'out/failures/failures_0.jsonl'), 'utf8');
    expect(JSON.parse(lines)).toEqual({ image_path: '/shard.tar', message: 'The tar is cut short.' });
  });
});
