import { expect, it } from 'vitest';
import type { VisionArchitecture } from '../../src/clip/architecture';
import {
  CHECK_TOLERANCE,
  checkTowers,
  familyTowers,
  type CheckEmbeddings,
  type CheckTower,
} from '../../src/clip/self-check';
import expectedJson from '../../src/clip/self-check.expected.json';
import { nodeRuntime } from '../../src/clip/session-node';
import { largestDifference } from '../../src/core/vectors';

const expected: CheckEmbeddings = expectedJson;
const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;

/** How far each of `towers` is from its embeddings, by name. */
async function differences(towers: readonly CheckTower[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const [name, embeddings] of checkTowers(runtime, towers))
    found[name] = largestDifference(embeddings, expected[name] ?? []);
  return found;
}

it('the towers of a family give what is built in', async () => {
  const found = await differences(familyTowers('eva'));
  expect(Object.keys(found)).toEqual(['eva-257-swiglu-fp32', 'eva-50-swiglu-q8', 'eva-197-map-fp32']);
  for (const difference of Object.values(found)) expect(difference).toBeLessThan(CHECK_TOLERANCE.fp32 / 10);
  expect(familyTowers('vit')).toEqual([]);
});

it('they tell of queries and keys that are not turned', async () => {
  const notTurned = (vision: VisionArchitecture): VisionArchitecture => {
    if (vision.family !== 'eva') throw new Error('another family');
    const { rope: _, ...others } = vision;
    return others;
  };
  const towers = familyTowers('eva').map((tower): CheckTower => {
    if (tower.architecture.kind !== 'image') throw new Error('a text tower');
    return { ...tower, architecture: { kind: 'image', vision: notTurned(tower.architecture.vision) } };
  });
  for (const [name, difference] of Object.entries(await differences(towers)))
    expect(difference, name).toBeGreaterThan(2 * CHECK_TOLERANCE.fp16);
});
