/**
 * Photos a second from the files to the rows kept, against the image tower alone. How fast a library opens: `opening`;
 * how fast it is searched: `index-search`. `npm run bench -- index [--photos N]`; only a run of all photos writes the
 * result.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { makeCheckpoint } from '../tools/make-checkpoint';
import { serveDist } from '../tools/start.js';
import { measureIndexing } from './indexing-speed';
import { makePhotos, type Size } from './photos';
import { browserVersion, writeResult } from './result';

const PHOTOS = 240;
const PHOTO_SIZE: Size = [1600, 1200];
const MODELS = ['clipscope-s', 'clipscope-l'];
/** Of random weights, which take as long as others. It sets the pace itself, so fewer photos will do. */
const [LARGER, FEWER] = ['ViT-B-32', 96];

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { photos: { type: 'string' } },
});
const photos = Number(values.photos ?? PHOTOS);

const figures: Record<string, unknown> = {};
const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-photos-'));
const server = await serveDist({ port: 0 });
const files = await makePhotos(folder, photos, () => PHOTO_SIZE);
for (const model of MODELS) {
  const title = `index ${photos} photos of ${PHOTO_SIZE.join(' x ')} with ${model} on wasm`;
  figures[title] = await measureIndexing(server.url, { model, checkpoint: undefined }, files);
}
const checkpoint = path.join(folder, LARGER);
await makeCheckpoint(LARGER, checkpoint, { tokenizer: 'static/models/clipscope-s/tokenizer.json' });
const few = files.slice(0, FEWER);
figures[`index ${few.length} photos of ${PHOTO_SIZE.join(' x ')} with ${LARGER} of random weights on wasm`] =
  await measureIndexing(server.url, { model: LARGER, checkpoint }, few);
await server.close();
await rm(folder, { recursive: true });
if (photos === PHOTOS) await writeResult('index', await browserVersion(), figures);
else console.log(JSON.stringify(figures, null, 2));
