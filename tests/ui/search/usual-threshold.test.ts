import { beforeEach, expect, it } from 'vitest';
import { UsualThreshold } from '../../../src/ui/search/usual-threshold.svelte';
import { Embedder } from '../../../src/ui/search/embedder';
import { clip, failure, images, keyOf, loadedModel, rows, testLibrary, type TestLibrary } from '../fakes';

let library: TestLibrary;
let tower: ReturnType<typeof clip>;
let usualThreshold: UsualThreshold;

beforeEach(async () => {
  library = testLibrary();
  tower = clip();
  usualThreshold = new UsualThreshold({
    embedder: new Embedder({ clip: tower, images, library }),
    library,
  });
  await library.open('tiny', 2, '');
  await hold(...Array.from({ length: 100 }, (_, id) => id / 2));
});

/** Photos of these angles are all that the library holds of the model. */
async function hold(...degrees: number[]): Promise<void> {
  await library.drop('tiny');
  const photos = degrees.map((_, id) => ({ id, folder: 0, path: `${id}`, bytes: 1, modified: 1 }));
  await library.putPhotos(photos);
  const readings = photos.map(({ id, path }) => ({ id, key: keyOf(path), width: 4, height: 3 }));
  await library.add(readings, rows('tiny', ...degrees), new Map());
}

it('lies where one photo in twenty reaches it for an everyday text', async () => {
  expect(usualThreshold.reach?.usual).toBeUndefined();
  await usualThreshold.measure(loadedModel(), 100);
  // Every text here lies at 0 degrees: the fifth best of the photos lies at 2.
  expect(usualThreshold.reach?.usual).toBeCloseTo(Math.cos((2 * Math.PI) / 180), 4);
});

it('takes for unrelated what four in ten of the texts surpass that no photo shows', async () => {
  // Photos lie from 0 to 49.5 degrees, the 16 everyday texts at 0, the others 1 to 16 degrees beyond the last photo.
  let asked = 0;
  const texts = async (_model: unknown, some: readonly string[]) =>
    some.map(() => {
      const beyond = ++asked - 16;
      return rows('tiny', beyond > 0 ? 49.5 + beyond : 0).data;
    });
  const measured = new UsualThreshold({ embedder: { texts }, library });
  await measured.measure(loadedModel(), 100);
  expect(asked).toBe(32);
  expect(measured.reach?.unrelated).toBeCloseTo(Math.cos((7 * Math.PI) / 180), 4);
  expect(measured.reach?.good).toBeCloseTo(1, 4);
});

it('is measured again for another model, or once there are twice as many photos', async () => {
  await usualThreshold.measure(loadedModel(), 100);
  const asked = tower.calls.length;
  await usualThreshold.measure(loadedModel(), 199);
  expect(tower.calls).toHaveLength(asked);
  await hold(...Array.from({ length: 200 }, () => 60));
  await usualThreshold.measure(loadedModel(), 200);
  expect(usualThreshold.reach?.usual).toBeCloseTo(0.5, 4);
  await hold(90);
  await usualThreshold.measure(loadedModel(), 90);
  expect(usualThreshold.reach?.usual).toBeCloseTo(0, 4);
  const measuring = usualThreshold.measure(loadedModel('other'), 1);
  expect(usualThreshold.reach?.usual).toBeUndefined();
  await measuring;
});

it('is left open without photos, without a text tower, or where it fails', async () => {
  await usualThreshold.measure(loadedModel(), 0);
  await usualThreshold.measure({ ...loadedModel(), hasText: false }, 100);
  expect(tower.calls).toEqual([]);
  const failing = new UsualThreshold({
    embedder: { texts: () => Promise.reject(failure('DeviceLost')) },
    library,
  });
  await failing.measure(loadedModel(), 100);
  expect(failing.reach).toBeUndefined();
});
