import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../workers/api';
import { findEntry } from '../../../src/clip/catalogue';
import { Folders } from '../../../src/ui/photos/folders.svelte';
import { SINGLE_FILES } from '../../../src/ui/photos/photo';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { requestFor } from '../../../src/ui/models/hub/catalogue-state';
import type { DownloadStatus } from '../../../src/ui/models/hub/downloads.svelte';
import { offerFor, type Offer, type Situation } from '../../../src/ui/models/photo-model-offer';
import { PhotoModelOffer } from '../../../src/ui/models/photo-model-offer.svelte';
import { offerText } from '../../../src/ui/models/photo-model-words';
import { modelStates } from '../../../src/ui/models/states';
import {
  deferred,
  fetchRequest,
  keyOf,
  loadedModel,
  modelsWorker,
  photoStates,
  picture,
  settled,
  summary,
  testLibrary,
} from '../fakes';

const QUICK = findEntry('ViT-B-32:laion2b_s34b_b79k')!;

const ALONE: Situation = {
  device: { backend: 'wasm' },
  models: [summary('tiny')],
  downloads: [],
  chosen: 'tiny',
  choices: 0,
  opening: false,
  online: true,
  hasPhotos: true,
  isSettled: false,
};

const own = (parts: Partial<ModelSummary> = {}) => ({ ...summary('mine', 'folder'), ...parts });

const download = (status: DownloadStatus, choices = 0) => ({
  id: 'coming',
  request: fetchRequest('coming'),
  status,
  choices,
});
const failed = (remedy: 'resume' | 'start again' | 'tokenizer' | 'none') =>
  download({ phase: 'failed', done: 1, total: 2, remedy });
const paused = download({ phase: 'paused', done: 1, total: 2 });

const NONE: Offer = { kind: 'none' };

const CASES: readonly [what: string, change: Partial<Situation>, offer: Offer][] = [
  ['the album alone', { hasPhotos: false }, NONE],
  ['photos', {}, { kind: 'get', entry: QUICK, precision: 'fp16-storage' }],
  [
    'photos on a device with room for fewer bits alone',
    { device: { backend: 'wasm', memoryBytes: 5.2e8 } },
    { kind: 'get', entry: QUICK, precision: 'q8' },
  ],
  [
    'the drawings’ model at another size',
    { chosen: 'tiny@64x64' },
    { kind: 'get', entry: QUICK, precision: 'fp16-storage' },
  ],
  ['no model yet', { chosen: undefined }, NONE],
  ['a model that is not listed', { chosen: 'gone' }, NONE],
  ['a model of one’s own in use', { models: [summary('tiny'), own()], chosen: 'mine' }, NONE],
  ['an answer given', { isSettled: true }, NONE],
  [
    'a model on this device',
    { models: [summary('tiny'), own({ name: 'Mine' })] },
    { kind: 'use', id: 'mine', name: 'Mine' },
  ],
  [
    'the same without a network',
    { models: [summary('tiny'), own({ name: 'Mine' })], online: false },
    { kind: 'use', id: 'mine', name: 'Mine' },
  ],
  [
    'models on this device of which only the second fits',
    {
      models: [
        summary('tiny'),
        own({ id: 'huge', repository: 'laion/CLIP-ViT-bigG-14-laion2B-39B-b160k' }),
        own({ name: 'Mine' }),
      ],
      device: { backend: 'wasm', memoryBytes: 1e9 },
    },
    { kind: 'use', id: 'mine', name: 'Mine' },
  ],
  [
    'a model of unknown shape that is larger than the memory',
    { models: [summary('tiny'), own({ bytes: 2e9 })], device: { backend: 'wasm', memoryBytes: 1e9 } },
    { kind: 'get', entry: QUICK, precision: 'fp16-storage' },
  ],
  ['nothing that fits', { device: { backend: 'wasm', memoryBytes: 1e6 } }, { kind: 'nothing fits' }],
  ['no network', { online: false }, { kind: 'offline', begun: false }],
  [
    'a download that the network was lost for',
    { online: false, downloads: [failed('resume')] },
    { kind: 'offline', begun: true },
  ],
  [
    'a paused download without a network',
    { online: false, downloads: [paused] },
    { kind: 'offline', begun: false },
  ],
  ['a checkpoint being opened', { opening: true }, { kind: 'arriving', isTaken: true }],
  [
    'a download in the queue',
    { downloads: [download({ phase: 'waiting' })] },
    { kind: 'arriving', isTaken: true },
  ],
  [
    'a download being converted, and one that failed before',
    { downloads: [failed('none'), download({ phase: 'storing', done: 1, total: 2 })] },
    { kind: 'arriving', isTaken: true },
  ],
  [
    'a download, and a model chosen since',
    { downloads: [download({ phase: 'downloading', done: 1, total: 2 })], choices: 1 },
    { kind: 'arriving', isTaken: false },
  ],
  [
    'a paused download',
    { downloads: [paused] },
    { kind: 'stopped', id: 'coming', why: 'paused', again: true },
  ],
  [
    'a failed download',
    { downloads: [failed('resume')] },
    { kind: 'stopped', id: 'coming', why: 'failed', again: true },
  ],
  [
    'a damaged download',
    { downloads: [failed('start again')] },
    { kind: 'stopped', id: 'coming', why: 'failed', again: true },
  ],
  [
    'a download without a tokenizer',
    { downloads: [failed('tokenizer')] },
    { kind: 'stopped', id: 'coming', why: 'failed', again: false },
  ],
  [
    'a failed download, and a model on this device',
    { downloads: [failed('resume')], models: [summary('tiny'), own({ name: 'Mine' })] },
    { kind: 'use', id: 'mine', name: 'Mine' },
  ],
];

describe('what is offered', () => {
  it.each(CASES)('%s', (_, change, offer) => {
    expect(offerFor({ ...ALONE, ...change })).toEqual(offer);
  });

  it('is said in words of its own for each', () => {
    const offers = CASES.map(([, , offer]) => offer).filter(({ kind }) => kind !== 'none');
    const said = offers.map((offer) => ({ offer, ...offerText(offer)! }));
    for (const { happened, todo } of said) {
      expect(happened).toMatch(/^[A-Z][^!]*\.$/);
      expect(todo).toMatch(/^[A-Z][^!]*\.$/);
    }
    expect(new Set(said.map(({ todo }) => todo)).size).toBe(10);
    expect(offerText(NONE)).toBeUndefined();
  });
});

describe('the offer on the page', () => {
  let kept: ModelSummary[];
  let reading: boolean;
  let remembered: Map<string, string>;
  let fetched: ReturnType<typeof deferred<ModelSummary>>;
  let photos: ReturnType<typeof photoStates>['photos'];
  let folders: Folders;
  let room: ReturnType<typeof modelStates>;
  let offer: PhotoModelOffer;

  beforeEach(async () => {
    const notices = new Notices();
    const library = testLibrary();
    kept = [summary('tiny')];
    reading = false;
    remembered = new Map();
    fetched = deferred();
    ({ photos } = photoStates(library));
    folders = new Folders({ library, notices, onMerge: () => undefined });
    room = modelStates({
      workers: {
        clip: {
          load: async (id) => loadedModel(id, kept.find((model) => model.id === id)?.origin ?? 'hub'),
          unload: async () => {},
        },
        models: modelsWorker(kept, { fetchModel: () => fetched.promise }),
      },
      notices,
      stopClip: () => {},
      stopModels: () => {},
      persist: async () => true,
      allowHosts: async () => true,
      pickFolder: async () => undefined,
      pickTarget: async () => null,
      handOver: () => {},
      onChange: () => {},
      onForget: () => {},
      onAsk: () => {},
      onKept: () => {},
      memory: undefined,
      origin: 'https://clipscope.example',
    });
    await room.models.start(undefined, undefined);
    offer = opened();
  });

  function opened(library = 'main'): PhotoModelOffer {
    return new PhotoModelOffer({
      ...room,
      photos,
      folders,
      libraries: { current: { id: library, name: library } },
      reading: () => reading,
      gibibytes: undefined,
      online: () => true,
      memory: {
        getItem: (name) => remembered.get(name) ?? null,
        setItem: (name, value) => void remembered.set(name, value),
      },
    });
  }

  /** Adds a photo; `isRead` once it was read as one. */
  function add(name: string, folder = SINGLE_FILES, isRead = true): number {
    const { id } = photos.add({ file: picture(name), path: name }, folder);
    if (isRead) photos.developed(id, { key: keyOf(name), width: 4, height: 3 });
    offer.follow();
    return id;
  }

  const kind = () => offer.offer.kind;

  it('is not made to the album alone, but to a photo beside it', async () => {
    add('album-001.webp', await folders.album());
    expect(kind()).toBe('none');
    const id = add('mine.jpg');
    expect(kind()).toBe('get');
    photos.remove([id]);
    offer.follow();
    expect(kind()).toBe('none');
  });

  it('waits until a file has proved to be a photo, and until nothing more is being read', () => {
    const id = add('mine.jpg', SINGLE_FILES, false);
    expect(kind()).toBe('none');
    reading = true;
    photos.developed(id, { key: keyOf('mine'), width: 4, height: 3 });
    offer.follow();
    expect(kind()).toBe('none');
    reading = false;
    offer.follow();
    expect(kind()).toBe('get');
    reading = true;
    photos.remove([id]);
    offer.follow();
    expect(kind()).toBe('get');
  });

  it('is declined for this visit', () => {
    add('mine.jpg');
    offer.dismiss();
    expect(kind()).toBe('none');
    offer = opened();
    offer.follow();
    expect(kind()).toBe('get');
  });

  it('is taken by one request, which ends with its model in use, and does not come back in this library', async () => {
    add('mine.jpg');
    const got = offer.offer;
    if (got.kind !== 'get') throw new Error(`It offers ${got.kind}`);
    const request = requestFor(got.entry, got.precision, room.hub);
    expect(request).toMatchObject({
      name: 'ViT-B-32 laion2b_s34b_b79k',
      source: { repository: 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K' },
    });
    await room.downloads.start(request);
    await settled();
    expect(offer.offer).toEqual({ kind: 'arriving', isTaken: true });
    const model = summary('quick', 'hub');
    kept.push(model);
    fetched.resolve(model);
    await settled();
    expect(room.models.ready?.summary.id).toBe('quick');
    expect(kind()).toBe('none');
    offer.follow();

    await room.models.choose('tiny');
    expect(kind()).toBe('none');
    offer = opened();
    offer.follow();
    expect(kind()).toBe('none');
    offer = opened('other');
    offer.follow();
    expect(kind()).toBe('use');
  });
});
