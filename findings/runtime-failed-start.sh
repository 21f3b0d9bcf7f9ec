#!/usr/bin/env bash
# onnxruntime-web 1.30.0: a runtime that could not start once never starts again in its process or worker.
#
# Expected: when the wasm file could not be had, as without a network, and can be had now, the next
# `InferenceSession.create` fetches it again and works, as a failed fetch usually may be repeated.
# Seen: it fails at once with the words of the first failure, whatever `env.wasm.wasmPaths` says by then; nothing is
# fetched. A button "try again" that calls `create` again never helps: the worker has to be ended and started anew.
#
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund onnxruntime-web@1.30.0 pbf@5.1.2

cat >start.mjs <<'JS'
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web';
import { PbfWriter } from 'pbf';

/** A model of one node, which returns its input: [1] of floats. */
function identity() {
  const dim = (_, out) => out.writeVarintField(1, 1);
  const shape = (_, out) => out.writeMessage(1, dim, 0);
  const tensor = (_, out) => (out.writeVarintField(1, 1), out.writeMessage(2, shape, 0));
  const type = (_, out) => out.writeMessage(1, tensor, 0);
  const value = (name, out) => (out.writeStringField(1, name), out.writeMessage(2, type, 0));
  const node = (_, out) => (out.writeStringField(1, 'x'), out.writeStringField(2, 'y'), out.writeStringField(4, 'Identity'));
  const graph = (_, out) => {
    out.writeMessage(1, node, 0);
    out.writeStringField(2, 'identity');
    out.writeMessage(11, value, 'x');
    out.writeMessage(12, value, 'y');
  };
  const opset = (_, out) => out.writeVarintField(2, 20);
  const model = new PbfWriter();
  model.writeVarintField(1, 10);
  model.writeMessage(7, graph, 0);
  model.writeMessage(8, opset, 0);
  return model.finish();
}

const create = () =>
  ort.InferenceSession.create(identity(), { executionProviders: ['wasm'] }).then(
    () => 'works',
    (error) => String(error.message),
  );

ort.env.wasm.numThreads = 1;
if (process.argv[2] === 'fresh') {
  console.log(`a fresh process: ${await create()}`);
} else {
  ort.env.wasm.wasmPaths = { wasm: pathToFileURL('not-here.wasm').href };
  const first = await create();
  ort.env.wasm.wasmPaths = undefined;
  const second = await create();
  console.log(`first, without the file: ${first.slice(0, 90)}`);
  console.log(`second, with the file: ${second.slice(0, 90)}`);
  if (first === 'works' || second === 'works' || !second.includes('not-here.wasm')) process.exit(1);
}
JS
node start.mjs
[ "$(node start.mjs fresh)" = 'a fresh process: works' ]
echo 'a fresh process works'
