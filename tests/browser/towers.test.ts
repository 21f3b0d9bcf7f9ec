import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../src/core/vectors';
import { IMAGE_FAMILY_NAMES } from '../../src/clip/families/image-families';
import {
  CHECK_TOLERANCE,
  CHECK_TOWERS,
  checkTowers,
  familyTowers,
  type CheckEmbeddings,
  type CheckTower,
} from '../../src/clip/self-check';
import expectedJson from '../../src/clip/self-check.expected.json';
import { checkDevice } from '../../src/engine/trust';
import type { Precision } from '../../src/clip/weights/weights';
import { once } from '../../src/core/tasks';
import { findAdapter } from '../../src/gpu/device';
import type { Fixtures } from '../../tools/conformance/fixtures';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';
import { runTowers } from '../../tools/conformance/towers';
import { WHOLE } from '../helpers/whole';
import { onWasm, onWebGpu } from './runtimes';
import { towerFixtures } from './tower-fixtures';

const expected: CheckEmbeddings = expectedJson;
const files = import.meta.glob<string>('../fixtures/towers/*/*', {
  query: '?url',
  import: 'default',
  eager: true,
});

const fixtures = towerFixtures('../fixtures', files);

/** The fixtures of which `picked` holds. */
const some = (picked: (folder: string) => boolean) => towerFixtures('../fixtures', files, picked);

/** Graphs of other operators: without those that differ from another in sizes, or in the file's dtype, alone. */
const graphs = some(
  (folder) =>
    !/^(?:quick-gelu-custom|siglip-(?:cut-edge|non-square)|non-square-cut-edge|vit-g14-like|.*-[bf]+p?16)$/.test(
      folder,
    ),
);

/** A timm trunk, and rows that end in half a block. */
const blocks = some((folder) => ['odd-widths', 'siglip'].includes(folder));

describe.each([
  { name: 'wasm', open: onWasm, all: fixtures, kept: fixtures },
  {
    name: 'webgpu',
    open: once(() => onWebGpu(false)),
    // The software GPU takes seconds to compile the shaders of a graph.
    ...(WHOLE ? { all: fixtures, kept: fixtures } : { all: graphs, kept: blocks }),
  },
])('towers on $name in the browser', ({ open, all, kept }) => {
  /** Fails where a tower gives other numbers, or is refused. */
  async function expectRight(run: Fixtures, precision: Precision): Promise<void> {
    const results: CaseResult[] = [];
    for await (const result of runTowers(run, await open(), precision, nothingComputed()))
      results.push(result);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    const folders = await run.folders('towers');
    expect(folders.length).toBeGreaterThan(1);
    expect(results.length).toBeGreaterThanOrEqual(folders.length);
  }

  it('give the embeddings of OpenCLIP', () => expectRight(all, 'fp32'));

  it.each(['q8', 'q4'] as const)('run weights kept as %s', (precision) => expectRight(kept, precision));

  it('pass the self-check', async () => {
    const towers = [CHECK_TOWERS, ...IMAGE_FAMILY_NAMES.map(familyTowers)];
    for (const some of towers) await expectKnown(some);
  });

  async function expectKnown(towers: readonly CheckTower[]): Promise<void> {
    for await (const [name, embeddings] of checkTowers(await open(), towers)) {
      expect(largestDifference(embeddings, expected[name] ?? []), name).toBeLessThan(
        CHECK_TOLERANCE.fp32 / 10,
      );
    }
  }
});

it('the self-check finds the wrong attention of a software adapter with subgroups', async () => {
  const adapter = await findAdapter();
  // Only a software adapter has subgroups as narrow as the ones that go wrong.
  if (adapter?.info.isFallbackAdapter !== true) return;
  const runtime = await onWebGpu(true);
  const gpu = {
    findAdapter,
    expectedEmbeddings: async () => expected,
    passed: { has: async () => false, add: async () => undefined },
    name: 'this browser',
  };
  const checked = checkDevice({ device: 'software', runtime }, true, gpu);
  await expect(checked).rejects.toThrow(/^The self-check differs by (0\.[1-9]|[1-9])/);
});
