#!/usr/bin/env bash
# onnxruntime-web 1.30.0, WebGPU: a convolution of 9 input channels gives other numbers than wasm, one of 8 does not.
#
# Expected: Conv gives the same numbers on every provider, to the rounding, whatever the number of channels.
# Seen: a kernel of 3 x 3 from 9, 15 or 33 channels (multiples of 3 that are none of 4, 3 itself excepted) into 12 differs by
# more than 1; from 8, 10, 12 channels, into 10 channels, or with a kernel of 1 x 1 it is right. No error is raised. Filling
# the input and the kernel up with empty channels to a multiple of 4 helps.
#
# Needs a Chromium with WebGPU (CHROMIUM names one; SwiftShader does). Exits 0 as long as this is so.
set -euo pipefail
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-web@1.30.0 pbf@5.1.2 playwright-core@1.65.1

cat >conv.mjs <<'JS'
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { PbfWriter } from 'pbf';
import { chromium } from 'playwright-core';

/** A model of one Conv: x [1, channels, 8, 8] and w [outputs, channels, size, size] to y. */
function conv(channels, outputs, size) {
  const dim = (length, out) => out.writeVarintField(1, length);
  const shape = (dims, out) => dims.forEach((length) => out.writeMessage(1, dim, length));
  const tensor = (dims, out) => (out.writeVarintField(1, 1), out.writeMessage(2, shape, dims));
  const type = (dims, out) => out.writeMessage(1, tensor, dims);
  const value = ([name, dims], out) => (out.writeStringField(1, name), out.writeMessage(2, type, dims));
  const numbers = ([name, list], out) => {
    out.writeStringField(1, name);
    for (const one of list) out.writeVarintField(8, one);
    out.writeVarintField(20, 7);
  };
  const half = (size - 1) / 2;
  const node = (_, out) => {
    for (const name of ['x', 'w']) out.writeStringField(1, name);
    out.writeStringField(2, 'y');
    out.writeStringField(4, 'Conv');
    out.writeMessage(5, numbers, ['kernel_shape', [size, size]]);
    out.writeMessage(5, numbers, ['pads', [half, half, half, half]]);
  };
  const graph = (_, out) => {
    out.writeMessage(1, node, 0);
    out.writeStringField(2, 'conv');
    out.writeMessage(11, value, ['x', [1, channels, 8, 8]]);
    out.writeMessage(11, value, ['w', [outputs, channels, size, size]]);
    out.writeMessage(12, value, ['y', [1, outputs, 8, 8]]);
  };
  const opset = (_, out) => out.writeVarintField(2, 20);
  const model = new PbfWriter();
  model.writeVarintField(1, 10);
  model.writeMessage(7, graph, 0);
  model.writeMessage(8, opset, 0);
  return [...model.finish()];
}

const PAGE = `<script type="module">
import * as ort from '/ort.webgpu.min.mjs';
ort.env.wasm.numThreads = 1;
window.run = async (model, channels, outputs, size) => {
  const fill = (length) => Float32Array.from({ length }, (_, at) => Math.sin(at * 0.7));
  const x = new ort.Tensor('float32', fill(channels * 64), [1, channels, 8, 8]);
  const w = new ort.Tensor('float32', fill(outputs * channels * size * size), [outputs, channels, size, size]);
  const rows = [];
  for (const provider of ['wasm', 'webgpu']) {
    const session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: [provider] });
    rows.push((await session.run({ x, w })).y.data);
  }
  return rows[0].reduce((most, one, at) => Math.max(most, Math.abs(one - rows[1][at])), 0);
};
window.ready = true;
</script>`;
const server = createServer(async ({ url }, answer) => {
  const name = url.slice(1);
  const kind = name === '' ? 'text/html' : name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
  const body = name === '' ? PAGE : await readFile(`node_modules/onnxruntime-web/dist/${name}`).catch(() => '');
  answer.writeHead(200, { 'Content-Type': kind }).end(body);
}).listen(0, '127.0.0.1');
const opened = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
});
try {
  const page = await opened.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction('window.ready');
  let asSeen = true;
  for (const [channels, outputs, size, isWrong] of [
    [8, 12, 3, false], [9, 12, 3, true], [10, 12, 3, false], [12, 12, 3, false], [15, 12, 3, true],
    [33, 12, 3, true], [3, 12, 3, false], [9, 10, 3, false], [9, 12, 1, false],
  ]) {
    const model = JSON.stringify(conv(channels, outputs, size));
    const difference = await page.evaluate(`run(${model}, ${channels}, ${outputs}, ${size})`);
    console.log(`${channels} into ${outputs} channels, ${size} x ${size}: differs by ${difference.toExponential(1)}`);
    asSeen &&= isWrong ? difference > 1 : difference < 1e-3;
  }
  if (!asSeen) process.exitCode = 1;
} finally {
  await opened.close();
  server.close();
}
JS
node conv.mjs "$browser"
