import { resizedFrame } from '../../src/image/frame';
import { unpacked } from '../../src/library/photo-pack';
import type { Memory } from '../../src/ui/kit/memory';
import type {
  ClipApi,
  Embeddings,
  ImageApi,
  LibraryApi,
  LoadedModel,
  ModelSummary,
  PictureEmbeddings,
  PreparedFrame,
  PreparedPicture,
} from '../../workers/api';
import { Originals } from '../../src/ui/photos/originals';
import type { Schedule } from '../../src/ui/kit/frames';
import { Photos } from '../../src/ui/photos/photos.svelte';
import { Thumbnails } from '../../src/ui/photos/thumbnails.svelte';
import { SINGLE_FILES } from '../../src/ui/photos/photo';
import {
  FIRST_LIBRARY,
  type FolderRecord,
  type LibraryRecord,
  type PhotoRecord,
} from '../../src/library/records';
import { createLibraryApi, type LibraryParts } from '../../workers/library/library-api';
import type { FetchRequest, ModelsApi, StorageUse } from '../../workers/models-api';

export { deferred } from '../helpers/deferred';

/** Turns of the event loop after which nothing more is to be expected: no test needs a hundredth of them. */
const MOST_TURNS = 1_000_000;

/** Lets everything that can run, run; resolves once `condition` holds. @throws Error when it never does */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; !(await condition()); turn++) {
    if (turn === MOST_TURNS) throw new Error(`It never came to this: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets everything that can run without anyone's help, run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A failure as it arrives from a worker. */
export function failure(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

export function summary(id: string, origin: ModelSummary['origin'] = 'built-in'): ModelSummary {
  return {
    id,
    name: id === 'tiny' ? 'Tiny' : id,
    origin,
    imageSize: [96, 96],
    patchSize: 16,
    embedDim: 2,
    contextLength: 24,
    parameters: { image: 1_700_000, text: 1_150_000 },
    bytes: 5_700_756,
    precision: 'fp16-storage',
  };
}

export function loadedModel(id = 'tiny', origin: ModelSummary['origin'] = 'built-in'): LoadedModel {
  return {
    summary: summary(id, origin),
    weights: 'f'.repeat(32),
    rows: 'f'.repeat(32),
    runsOn: { backend: 'wasm', device: '2 threads', arithmetic: 'fp32' },
    preprocess: {
      size: [1, 1],
      resizeMode: 'shortest',
      interpolation: 'bicubic',
      fillColor: 0,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    hasText: true,
    logitScale: 10,
    logitBias: null,
    decoding: 'scaled',
  };
}

export function picture(name: string, content = name): File {
  return new File([content], name, { type: 'image/jpeg', lastModified: 1 });
}

/** Rows `[cos, sin]` of angles in degrees, so that a test knows every cosine. */
export function rows(model: string, ...degrees: number[]): Embeddings {
  const data = new Float32Array(
    degrees.flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]),
  );
  return { model, count: degrees.length, dim: 2, data };
}

/** Likewise as an answer to pictures, of a tower that would take twice as many the next time. */
export function pictureRows(model: string, ...degrees: number[]): PictureEmbeddings {
  return { ...rows(model, ...degrees), nextBatch: Math.min(32, 2 * degrees.length) };
}

/** Whatever text a file holds, as a key: the same for the same text. */
export function keyOf(text: string): string {
  return Array.from(`${text}!`.padEnd(16, '.').slice(0, 16), (c) =>
    (c.charCodeAt(0) % 256).toString(16).padStart(2, '0'),
  ).join('');
}

/** A picture whose bytes are a number of degrees; what is no number cannot be read. */
export const images: ImageApi = {
  async prepare(file, _settings, thumbnailEdge): Promise<PreparedPicture> {
    const text = await file.text();
    const degrees = Number(text);
    if (text === '' || Number.isNaN(degrees)) {
      return { ok: false, name: 'PictureUnreadable', message: `no picture in ${text.length} bytes` };
    }
    const picture = prepared(degrees);
    return thumbnailEdge > 0 ? { ...picture, thumbnail: new Blob([text]) } : picture;
  },
  async prepareFrame(file, settings, thumbnailEdge): Promise<PreparedFrame> {
    const picture = await images.prepare(file, settings, thumbnailEdge);
    if (!picture.ok) return picture;
    const { pixels, ...rest } = picture;
    return { ...rest, frame: resizedFrame(pixels, { ...settings, size: [1, 1] }) };
  },
  async prepareSample(file, settings) {
    const picture = await images.prepare(file, settings, 0);
    return picture.ok ? { ok: true, pixels: picture.pixels } : picture;
  },
  // A frame's width is its degrees.
  prepareBitmap: async ({ width }) => ({ ok: true, pixels: Uint8Array.of(width, 0, 0) }),
  keyOf: async (file) => keyOf(await file.text()),
  shown: async (file) => file,
};

export function prepared(degrees: number): Extract<PreparedPicture, { ok: true }> {
  const pixels = Uint8Array.of(degrees, 0, 0);
  return { ok: true, key: keyOf(`${degrees}`), metadata: {}, pixels, width: 4, height: 3, decoding: 'exact' };
}

/** The state of the photos over a library, on a page that draws at once. @param unhurried default: it never waits */
export function photoStates(library: LibraryApi, unhurried: Schedule = (work) => work()) {
  const photos = new Photos({ schedule: (work) => work(), unhurried, library });
  const originals = new Originals({
    folder: () => undefined,
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
  });
  const thumbnails = new Thumbnails({
    schedule: queueMicrotask,
    unhurried: queueMicrotask,
    library,
    originals,
  });
  /** Gives a file and returns the photo's id. */
  function give(file: File, path = file.name): number {
    const { id } = photos.add({ file, path }, SINGLE_FILES);
    originals.give(id, file);
    return id;
  }

  /** Gives photos with rows of the model `tiny` at these angles, as of `rows`. */
  async function giveAt(...degrees: number[]): Promise<void> {
    for (const angle of degrees) {
      const name = `${photos.ids().length}.jpg`;
      const id = give(picture(name));
      await photos.keep();
      await library.add([{ id, key: keyOf(name), width: 4, height: 3 }], rows('tiny', angle), new Map());
    }
  }
  return { photos, originals, thumbnails, give, giveAt };
}

/** A text's angle is the number in it; it is read up to a `~`. */
export function clip(): Omit<ClipApi, 'load' | 'unload'> & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async encodeImages(model, { count, data }) {
      calls.push(`${count} pictures`);
      return pictureRows(model, ...Array.from({ length: count }, (_, i) => data[i * 3] ?? 0));
    },
    async encodeFrames(model, frames) {
      calls.push(`${frames.length} frames`);
      return pictureRows(model, ...frames.map(({ data }) => data[0] ?? 0));
    },
    async encodeTexts(model, texts) {
      calls.push(texts.join('|'));
      return rows(model, ...texts.map((text) => Number(/\d+/.exec(text)?.[0] ?? 0)));
    },
    wasmBytes: async () => 2 ** 24,
    async cutTexts(_, texts) {
      const cut = texts.filter((text) => text.includes('~'));
      return new Map(cut.map((text) => [text, text.split('~')[0]!.trim()]));
    },
  };
}

/** A library as its worker answers it, kept in memory. */
export interface TestLibrary extends LibraryApi {
  /** Ids that `model` has a row of, rising. */
  held(model?: string): Promise<number[]>;
  photos(): Promise<PhotoRecord[]>;
  folders(): Promise<readonly FolderRecord[]>;
  /** Its worker dies and another one takes its place, which knows nothing. */
  die(): Promise<void>;
}

/**
 * @param libraries beside the first one
 * @param isOpen whether the first one is open, as it is once a page was restored
 */
export function testLibrary(libraries: readonly LibraryRecord[] = [], isOpen = true): TestLibrary {
  const known = [FIRST_LIBRARY, ...libraries];
  const parts: LibraryParts = {
    list: async () => [...known],
    async put(library) {
      const others = known.filter(({ id }) => id !== library.id);
      if (others.some(({ name }) => name === library.name)) return false;
      known.splice(0, known.length, ...others, library);
      return true;
    },
    takeOff: async (id) => void known.splice(0, known.length, ...known.filter((other) => other.id !== id)),
    lock: async () => true,
    openStore: async () => undefined,
    removeStore: async () => undefined,
    removeIndexesMadeBy: async () => undefined,
    openDevice: async () => undefined,
  };
  const open = () => {
    const api = createLibraryApi(parts);
    if (isOpen) void api.restore(FIRST_LIBRARY.id);
    return api;
  };
  const library: TestLibrary = {
    ...open(),
    held: async (model = 'tiny') => {
      const rows = await library.rowsOf(model, 0, Infinity).catch(() => undefined);
      return rows ? [...rows.ids] : [];
    },
    photos: async () => (await library.photosFrom(0, Infinity)).flatMap(unpacked),
    folders: async () => (await library.restore(FIRST_LIBRARY.id)).folders,
    die: async () => void Object.assign(library, open()),
  };
  return library;
}

export function fetchRequest(name: string): FetchRequest {
  const source = { kind: 'hub', hub: 'https://huggingface.co', repository: `laion/${name}` } as const;
  return { source, name, precision: 'fp16-storage' };
}

export const emptyStorage: StorageUse = {
  usage: 0,
  quota: 1e9,
  persisted: false,
  unreadable: [],
  downloads: [],
};

/** A models worker that keeps what it is given, at once; `parts` replaces what a test is about. */
export function modelsWorker(kept: ModelSummary[], parts: Partial<ModelsApi> = {}): ModelsApi {
  const add = (name: string, origin: ModelSummary['origin']) => {
    const model = summary(name, origin);
    kept.push(model);
    return model;
  };
  return {
    list: async () => [...kept],
    inspect: () => Promise.reject(failure('HubNotFound')),
    fetchModel: async ({ name }) => add(name, 'hub'),
    stopFetching: async () => {},
    idOf: async ({ name }) => name,
    questions: async () => [],
    addCheckpoint: async ({ name }) => add(name, 'folder'),
    removeModel: async (id) => {
      kept.splice(0, kept.length, ...kept.filter((model) => model.id !== id));
    },
    saveCheckpoint: async () => [],
    storage: async () => emptyStorage,
    listDataset: () => Promise.reject(failure('HubNotFound')),
    readDataset: () => Promise.reject(failure('HubNotFound')),
    ...parts,
  };
}

/** A memory that outlasts the visit, kept in `map`. */
export function memoryIn(map: Map<string, string>): Memory {
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}
