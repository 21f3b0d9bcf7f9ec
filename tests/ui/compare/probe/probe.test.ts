import { beforeEach, describe, expect, it } from 'vitest';
import { flushSync } from 'svelte';
import { ProbeState, type ProbeParts } from '../../../../src/ui/compare/probe/probe.svelte';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import type { Photos } from '../../../../src/ui/photos/photos.svelte';
import { createProbes } from '../../../../workers/evaluation/probes';
import type { ProbeApi } from '../../../../workers/probe-api';
import { memoryStorage, type MemoryStorage } from '../../../helpers/memory-storage';
import {
  clip,
  deferred,
  failure,
  keyOf,
  loadedModel,
  memoryIn,
  photoStates,
  picture,
  rows,
  settled,
  testLibrary,
  type TestLibrary,
} from '../../fakes';

const model = loadedModel();

let photos: Photos;
let library: TestLibrary;
let notices: Notices;
let storage: MemoryStorage;
let evaluation: ProbeApi;
let remembered: Map<string, string>;
let saved: string[];
let give: (path: string, angle: number) => Promise<number>;
let probe: ProbeState;

/** The page's state, as a visit begins it. */
function visit(): ProbeState {
  const folders = { list: [{ id: 7, name: 'Sample album', kind: 'album', exclude: [] }] };
  return new ProbeState({
    gallery: { photos, folders },
    models: { ready: model },
    indexing: { indexed: 1 },
    labels: { templates: { id: 'none', title: '', source: '', templates: ['{}'] } },
    notices,
    memory: memoryIn(remembered),
    handOver: (files: readonly { name: string }[]) => saved.push(...files.map(({ name }) => name)),
    workers: { clip: clip(), library, evaluation },
  } as unknown as ProbeParts);
}

beforeEach(async () => {
  library = testLibrary();
  notices = new Notices();
  storage = memoryStorage();
  evaluation = createProbes(async () => storage.root);
  remembered = new Map();
  saved = [];
  const states = photoStates(library);
  ({ photos } = states);
  give = async (path, angle) => {
    const file = picture(path);
    const { id } = photos.add({ file, path }, path.startsWith('Sample') ? 7 : path.includes('/') ? 1 : 0);
    const reading = { id, key: keyOf(path.replaceAll('/', '')), width: 4, height: 3 };
    await photos.keep();
    await library.add([reading], rows('tiny', angle), new Map());
    photos.developed(id, reading, file);
    return id;
  };
  await library.open('tiny', 2, model.weights);
  for (let at = 0; at < 6; at++) {
    await give(`P/at 0/${at}.jpg`, at);
    await give(`P/at 90/${at}.jpg`, 90 - at);
  }
  probe = visit();
  await probe.follow(model, 12);
});

describe('the examples', () => {
  it('are the photos in folders, none of the sample album, none by itself', async () => {
    await give('Sample album/a.webp', 50);
    await give('alone.jpg', 50);
    expect(probe.classes).toEqual([
      { label: 'at 0', count: 6 },
      { label: 'at 90', count: 6 },
    ]);
  });

  it('are what the user says, and remembered for the next visit', async () => {
    const id = await give('alone.jpg', 45);
    probe.teach([id], '  between  both ');
    expect(probe.example(id)).toEqual({ id, label: 'between both', by: 'user' });
    expect(visit().example(id)?.label).toBe('between both');
    expect(probe.taught).toBe(1);
    probe.teach([id], '');
    expect(probe.example(id)).toBeUndefined();
    expect([visit().taught, remembered.size]).toEqual([0, 0]);
  });

  it('stay for this visit where the browser can remember no more', async () => {
    const id = await give('alone.jpg', 45);
    const full = memoryIn(remembered);
    probe = new ProbeState({
      gallery: { photos, folders: { list: [] } },
      notices,
      memory: {
        ...full,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    } as unknown as ProbeParts);
    probe.teach([id], 'cats');
    expect(probe.example(id)?.label).toBe('cats');
    expect(notices.problems.map(({ name }) => name)).toEqual(['StorageFull']);
  });
});

describe('a probe', () => {
  it('is trained, measured on photos held out, kept, and labels all', async () => {
    const other = await give('alone.jpg', 85);
    await probe.train();
    await settled();
    expect(notices.problems).toEqual([]);
    expect(notices.said).toBe('A probe of 2 classes trained on 12 photos');
    expect(probe.measured).toMatchObject({ held: 6, zeroShot: 1 });
    expect(probe.measured?.curve.map(({ shots, acc1 }) => [shots, acc1])).toEqual([
      [1, 1],
      [2, 1],
      [null, 1],
    ]);
    expect(probe.answer(other)?.map(({ label }) => label)).toEqual(['at 90', 'at 0']);
    expect(probe.answer(other)![0]!.probability).toBeGreaterThan(0.9);
    expect(storage.paths()).toEqual([`probes/${model.weights}.safetensors`]);
    await probe.save();
    expect(saved).toEqual(['probe.safetensors']);
  });

  it('labels again on the next visit, and photos that come later', async () => {
    await probe.train();
    probe = visit();
    await probe.follow(model, 12);
    await settled();
    expect(probe.answer(0)?.[0]?.label).toBe('at 0');
    expect(probe.measured).toBeUndefined();
    const later = await give('later.jpg', 88);
    await probe.follow(model, 13);
    await settled();
    expect(probe.answer(later)?.[0]?.label).toBe('at 90');
  });

  it('is another one for another model', async () => {
    await probe.train();
    await probe.follow({ ...model, weights: 'e'.repeat(32) }, 12);
    expect(probe.probe).toBeUndefined();
    await probe.follow(model, 12);
    expect(probe.probe?.names).toEqual(['at 0', 'at 90']);
  });

  it('is out of date once the examples are others', async () => {
    await probe.train();
    flushSync();
    expect(probe.isStale).toBe(false);
    probe.teach([0], 'at 90');
    expect(probe.isStale).toBe(true);
  });

  it('goes when it is deleted; what the user said stays', async () => {
    probe.teach([0], 'at 90');
    await probe.train();
    await probe.forget();
    expect([probe.probe, probe.answer(0), storage.paths().length]).toEqual([undefined, undefined, 0]);
    expect(probe.taught).toBe(1);
  });

  it('is none after the training was cancelled, and none late', async () => {
    const training = probe.train();
    probe.cancel();
    expect(probe.work).toBeUndefined();
    await training;
    await settled();
    expect([probe.probe, storage.paths().length, notices.problems.length]).toEqual([undefined, 0, 0]);
    expect(notices.said).toBe('Training cancelled');
  });

  it('that could not be trained says why, and the one before stays', async () => {
    await probe.train();
    const trainProbe = evaluation.trainProbe;
    evaluation.trainProbe = () => Promise.reject(failure('OutOfMemory', 'There is no room'));
    await probe.train();
    expect(notices.problems.map(({ name, action }) => [name, action?.label])).toEqual([
      ['OutOfMemory', 'Try again'],
    ]);
    expect([probe.probe?.classes, probe.work]).toEqual([2, undefined]);
    evaluation.trainProbe = trainProbe;
  });

  it('shows how far its training is', async () => {
    const { promise, resolve } = deferred<never>();
    evaluation.trainProbe = (_, onProgress) => {
      onProgress(1, 3);
      return promise;
    };
    void probe.train();
    await settled();
    expect(probe.work).toEqual({ done: 1, total: 3 });
    resolve(undefined as never);
  });
});
