#!/usr/bin/env bash
# Comlink 4.4.2: a worker that was wrapped, and whose wrapper was garbage collected, answers no later wrapper either.
#
# Expected: `wrap(worker)` makes a proxy of this side alone, so that one may be made for each use and let go, as with any
# small object; or, once the worker no longer listens, a later call rejects.
# Seen: when the last wrapper of an endpoint is collected, Comlink tells the other side to stop listening, for good. A
# wrapper made after that posts its calls to nobody: its promises never settle, and nothing is thrown. Since it depends on
# when the collector runs, it shows once in dozens of runs, as a program that stands still. `wrap` once for each worker,
# and keep what it returns for as long as the worker is used.
#
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund comlink@4.4.2

cat >worker.mjs <<'JS'
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

expose({ add: (a, b) => a + b }, nodeEndpoint(parentPort));
JS

cat >main.mjs <<'JS'
import { Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const SILENT = 'no answer';

/** Calls a worker twice, each time through a wrapper of its own or through one that is kept. */
async function twice(isKept) {
  const worker = new Worker('./worker.mjs');
  const endpoint = nodeEndpoint(worker);
  const kept = isKept ? wrap(endpoint) : undefined;
  const call = () => Promise.race([(kept ?? wrap(endpoint)).add(1, 2), pause(5000).then(() => SILENT)]);
  const first = await call();
  for (let round = 0; round < 10; round++) {
    gc();
    await pause(50);
  }
  const second = await call();
  await worker.terminate();
  return [first, second];
}

const kept = await twice(true);
const made = await twice(false);
console.log(`one wrapper, kept: ${kept.join(', then ')}`);
console.log(`a wrapper for each call: ${made.join(', then ')}`);
process.exit(kept.join() === '3,3' && made.join() === `3,${SILENT}` ? 0 : 1);
JS
node --expose-gc main.mjs
