import { beforeEach, expect, it } from 'vitest';
import { UsualThreshold } from '../../../src/ui/search/usual-threshold.svelte';
import { Embedder } from '../../../src/ui/search/embedder';
import { clip, failure, images, library, loadedModel, rows } from '../fakes';

let shelf: ReturnType<typeof library>;
let tower: ReturnType<typeof clip>;
let usualThreshold: UsualThreshold;

beforeEach(async () => {
  shelf = library();
  tower = clip();
  usualThreshold = new UsualThreshold({
    embedder: new Embedder({ clip: tower, images, library: shelf, pictureOf: async (file) => file }),
    library: shelf,
  });
  await shelf.open('tiny', 2, '');
  const held = shelf.held.get('tiny')!;
  for (let id = 0; id < 100; id++) held.set(id, [...rows('tiny', id / 2).data]);
});

it('lies where one photo in twenty reaches it for an everyday text', async () => {
  expect(usualThreshold.value).toBeUndefined();
  await usualThreshold.measure(loadedModel(), 100);
  // Every text here lies at 0 degrees: the fifth best of the photos lies at 2.
  expect(usualThreshold.value).toBeCloseTo(Math.cos((2 * Math.PI) / 180), 6);
});

it('is measured again for another model, or once there are twice as many photos', async () => {
  await usualThreshold.measure(loadedModel(), 100);
  const asked = tower.calls.length;
  await usualThreshold.measure(loadedModel(), 199);
  expect(tower.calls).toHaveLength(asked);
  shelf.held.get('tiny')!.clear();
  for (let id = 0; id < 200; id++) shelf.held.get('tiny')!.set(id, [...rows('tiny', 60).data]);
  await usualThreshold.measure(loadedModel(), 200);
  expect(usualThreshold.value).toBeCloseTo(0.5, 6);
  shelf.held.get('tiny')!.clear();
  shelf.held.get('tiny')!.set(1, [...rows('tiny', 90).data]);
  await usualThreshold.measure(loadedModel(), 90);
  expect(usualThreshold.value).toBeCloseTo(0, 6);
  const measuring = usualThreshold.measure(loadedModel('other'), 1);
  expect(usualThreshold.value).toBeUndefined();
  await measuring;
});

it('is left open without photos, without a text tower, or where it fails', async () => {
  await usualThreshold.measure(loadedModel(), 0);
  await usualThreshold.measure({ ...loadedModel(), hasText: false }, 100);
  expect(tower.calls).toEqual([]);
  const failing = new UsualThreshold({
    embedder: { texts: () => Promise.reject(failure('DeviceLost')) },
    library: shelf,
  });
  await failing.measure(loadedModel(), 100);
  expect(failing.value).toBeUndefined();
});
