/**
 * A folder of 2,000 photos indexed while the browser is killed ten times, then changed and read again: what was
 * acknowledged, kept and done. `npm run bench -- library-crash`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { indexThroughCrashes, makeFolder, rescan } from '../tests/helpers/library-visits';
import { serveDist } from '../tools/start.js';
import { browserVersion, writeResult } from './result';

const PHOTOS = 2000;
const KILLS = 10;

const server = await serveDist({ port: 0 });
const profile = await mkdtemp(path.join(tmpdir(), 'clipscope-library-'));
await makeFolder(server.url, profile, PHOTOS);
const crashes = await indexThroughCrashes(server.url, profile, PHOTOS, KILLS);
const changes = await rescan(server.url, profile, PHOTOS);
await writeResult('library-crash', await browserVersion(), {
  'photos in the folder': PHOTOS,
  'photos shown as indexed in each visit when the browser was killed': crashes.acknowledged,
  'rows in the index when the next visit began': crashes.found,
  'rows in the index when all were indexed (one a photo, unless something was done twice)': crashes.rows,
  'rows added after 10 additions, 10 deletions, 10 renames and 10 edits':
    changes.rowsAfter - changes.rowsBefore,
  'what the page said of them': changes.said,
});
await rm(profile, { recursive: true });
await server.close();
