import { describe, expect, it } from 'vitest';
import { browserRuntime } from '../../src/clip/session-browser';
import {
  CHECK_TOLERANCE,
  checkTowers,
  largestDifference,
  type CheckEmbeddings,
} from '../../src/clip/self-check';
import expectedJson from '../../src/clip/self-check.expected.json';
import type { Runtime } from '../../src/clip/towers';
import { checkDevice } from '../../src/engine/trust';
import { once } from '../../src/core/tasks';
import { findAdapter, openDevice } from '../../src/gpu/device';
import type { Fixtures } from '../../tools/conformance/fixtures';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';
import { runTowers } from '../../tools/conformance/towers';

const expected: CheckEmbeddings = expectedJson;
const files = import.meta.glob<string>('../fixtures/towers/*/*', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** The same golden fixtures that the suite in Node reads from disk. */
const fixtures: Fixtures = {
  folders: () =>
    Promise.resolve([...new Set(Object.keys(files).map((path) => path.split('/')[3] ?? ''))].sort()),
  exists: (path) => Promise.resolve(`../fixtures/${path}` in files),
  async bytes(path) {
    const url = files[`../fixtures/${path}`.replace(/[^/]+\/\.\.\//, '')];
    if (url === undefined) throw new Error(`no fixture ${path}`);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  },
  tokenizer: () => Promise.resolve(undefined),
};

async function onWebGpu(subgroups: boolean): Promise<Runtime> {
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter');
  const { device } = await openDevice(adapter, subgroups);
  return { ort: await browserRuntime('webgpu'), provider: { name: 'webgpu', device } };
}

async function onWasm(): Promise<Runtime> {
  return { ort: await browserRuntime('wasm'), provider: { name: 'wasm' } };
}

/** Those whose weights lie differently: all matrices, a timm trunk, rows that end in half a block, fp16 in the file. */
const someFixtures: Fixtures = {
  ...fixtures,
  folders: () => Promise.resolve(['odd-widths', 'siglip', 'vit-quickgelu', 'vit-quickgelu-fp16']),
};

describe.each([
  { name: 'wasm', open: onWasm, kept: fixtures, least: 19 },
  // The software GPU compiles shaders for seconds, anew on each device; how weights are kept does not depend on the family.
  { name: 'webgpu', open: once(() => onWebGpu(false)), kept: someFixtures, least: 4 },
])('towers on $name in the browser', ({ open, kept, least }) => {
  it('give the embeddings of OpenCLIP', async () => {
    const results: CaseResult[] = [];
    for await (const result of runTowers(fixtures, await open(), 'fp32', nothingComputed()))
      results.push(result);
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThanOrEqual(19);
  });

  it.each(['q8', 'q4'] as const)('run weights kept as %s', async (precision) => {
    const results: CaseResult[] = [];
    for await (const result of runTowers(kept, await open(), precision, nothingComputed()))
      results.push(result);
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThanOrEqual(least);
  });

  it('pass the self-check', async () => {
    for await (const [name, embeddings] of checkTowers(await open())) {
      expect(largestDifference(embeddings, expected[name]), name).toBeLessThan(CHECK_TOLERANCE.fp32 / 10);
    }
  });
});

it('the self-check finds the wrong attention of a software adapter with subgroups', async () => {
  const adapter = await findAdapter();
  // Only a software adapter has subgroups as narrow as the ones that go wrong.
  if (adapter?.info.isFallbackAdapter !== true) return;
  const runtime = await onWebGpu(true);
  await expect(checkDevice(runtime, expected)).rejects.toThrow(/^The self-check differs by (0\.[1-9]|[1-9])/);
});
