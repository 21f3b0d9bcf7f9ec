/**
 * 2,000 pictures embedded from the command line: in one run, and in four partitions side by side of which one is killed
 * and started again. Tells whether the rows and their order are the same. `npm run bench -- embed`
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parquetReadObjects } from 'hyparquet';
import sharp from 'sharp';
import { writeResult } from './result';

const PICTURES = 2000;
const PARTITIONS = 4;
/** As many as are embedded at once. */
const LARGE = 32;
const MODEL = 'static/models/clipscope-s';

const folder = await mkdtemp(path.join(os.tmpdir(), 'clipscope-embed-'));
const input = path.join(folder, 'pictures');
await makePictures(input);

const began = performance.now();
const { peak_megabytes: peak } = await embed('one', 0, 1);
const seconds = (performance.now() - began) / 1000;

const killed = await embedAndKill('parts', 1);
const started = performance.now();
await Promise.all(Array.from({ length: PARTITIONS }, (_, number) => embed('parts', number, PARTITIONS)));
const partsSeconds = (performance.now() - started) / 1000;

const large = path.join(folder, 'large');
await makeLargePictures(large);
const { peak_megabytes: largePeak } = await embed('large-out', 0, 1, large);

const [one, parts] = [await resultOf('one'), await resultOf('parts')];
await writeResult('embed', `Node ${process.version}`, {
  pictures: one.paths.length,
  'seconds in one run': seconds,
  'megabytes of memory in one run, at most': peak,
  [`megabytes of memory with ${LARGE} photos of 48 megapixels, at most`]: largePeak,
  'seconds in four side by side, after one of them was killed': partsSeconds,
  'pictures that the killed one had kept': killed,
  'the same paths in the same order': JSON.stringify(one.paths) === JSON.stringify(parts.paths),
  'the same rows to the bit': one.rows.equals(parts.rows),
});
await rm(folder, { recursive: true });

/** Parts of the sample album's pictures, of many sizes. */
async function makePictures(into: string): Promise<void> {
  const album = (await readdir('static/album')).filter((name) => name.endsWith('.webp')).sort();
  await mkdir(into);
  for (let at = 0; at < PICTURES; at++) {
    const picture = sharp(path.join('static/album', album[at % album.length]!));
    const { width, height } = await picture.metadata();
    const left = at % 60;
    const cut = picture.extract({ left, top: at % 40, width: width - left - (at % 30), height: height - 80 });
    await writeFile(path.join(into, `${at % 7}-${at}.jpg`), await cut.jpeg().toBuffer());
  }
}

/** Of 8,000 x 6,000 pixels. */
async function makeLargePictures(into: string): Promise<void> {
  await mkdir(into);
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width: 8000, height: 6000, channels: 3, background: 'grey', noise } as const;
  const bytes = await sharp({ create }).jpeg().toBuffer();
  for (let at = 0; at < LARGE; at++) await writeFile(path.join(into, `${at}.jpg`), bytes);
}

function start(out: string, number: number, of: number, from = input) {
  const into = path.join(folder, out);
  const given = ['tools/embed.ts', from, '--model', MODEL, '--out', into, '--partition', `${number}/${of}`];
  return spawn(process.execPath, ['--import', 'tsx', ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a partition says of itself at its end. */
async function embed(
  out: string,
  number: number,
  of: number,
  from = input,
): Promise<{ peak_megabytes: number }> {
  const child = start(out, number, of, from);
  child.stderr.resume();
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`embed ended with ${String(code)}`);
  return JSON.parse(said) as { peak_megabytes: number };
}

/** Kills a partition when it has told of some pictures. Returns how many it said were kept. */
async function embedAndKill(out: string, number: number): Promise<number> {
  const child = start(out, number, PARTITIONS);
  let kept = 0;
  for await (const text of child.stderr) {
    kept = Number(/(\d+) of \d+ pictures\n$/.exec(String(text))?.[1] ?? 0);
    if (kept > 100) break;
  }
  child.kill('SIGKILL');
  await new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(0),
  );
  return kept;
}

async function resultOf(out: string): Promise<{ paths: unknown[]; rows: Buffer }> {
  const filesOf = async (kind: string) =>
    (await readdir(path.join(folder, out, kind))).sort().map((name) => path.join(folder, out, kind, name));
  const paths: unknown[] = [];
  for (const name of await filesOf('metadata')) {
    const file = Uint8Array.from(await readFile(name)).buffer;
    const table: Record<string, unknown>[] = await parquetReadObjects({ file });
    paths.push(...table.map((row) => row['image_path']));
  }
  const rows: Buffer[] = [];
  for (const name of await filesOf('img_emb')) {
    const bytes = await readFile(name);
    // Behind the header, whose length stands in it.
    rows.push(bytes.subarray(10 + bytes.readUInt16LE(8)));
  }
  return { paths, rows: Buffer.concat(rows) };
}
