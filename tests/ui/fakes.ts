import type {
  ClipApi,
  Embeddings,
  ImageApi,
  LibraryApi,
  LoadedModel,
  ModelSummary,
  PreparedPicture,
} from '../../workers/api';
import { Originals } from '../../src/ui/photos/originals';
import { Photos } from '../../src/ui/photos/photos.svelte';
import { Thumbnails } from '../../src/ui/photos/thumbnails.svelte';
import { SINGLE_FILES } from '../../src/ui/photos/photo';
import {
  FIRST_LIBRARY,
  type FolderRecord,
  type LibraryRecord,
  type PhotoRecord,
} from '../../src/library/records';
import type { FetchRequest, ModelsApi, StorageUse } from '../../workers/models-api';

/** A promise settled from outside. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets everything that can run, run; resolves once `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
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

/** Whatever text a file holds, as a key: the same for the same text. */
export function keyOf(text: string): string {
  return Array.from(`${text}!`.padEnd(16, '.').slice(0, 16), (c) =>
    (c.charCodeAt(0) % 256).toString(16).padStart(2, '0'),
  ).join('');
}

/** A picture whose bytes are a number of degrees; what is no number cannot be read. */
export const images: ImageApi = {
  async prepare(file): Promise<PreparedPicture> {
    const text = await file.text();
    const degrees = Number(text);
    if (text === '' || Number.isNaN(degrees)) {
      return { ok: false, name: 'PictureUnreadable', message: `no picture in ${text.length} bytes` };
    }
    return prepared(degrees);
  },
  keyOf: async (file) => keyOf(await file.text()),
};

export function prepared(degrees: number): PreparedPicture {
  const pixels = Uint8Array.of(degrees, 0, 0);
  return { ok: true, key: keyOf(`${degrees}`), metadata: {}, pixels, width: 4, height: 3 };
}

/** The state of the photos over a library, on a page that draws at once. */
export function photoStates(shelf: LibraryApi) {
  const photos = new Photos({ schedule: (work) => work(), library: shelf });
  const originals = new Originals({
    folder: () => undefined,
    albumPicture: () => Promise.reject(failure('NetworkFailed')),
  });
  const thumbnails = new Thumbnails({ library: shelf, originals });
  /** Gives a file and returns the photo's id. */
  function give(file: File, path = file.name): number {
    const { id } = photos.add({ file, path }, SINGLE_FILES);
    originals.give(id, file);
    return id;
  }
  return { photos, originals, thumbnails, give };
}

/** A text's angle is the number in it. */
export function clip(): Pick<ClipApi, 'encodeImages' | 'encodeTexts'> & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async encodeImages(model, { count, data }) {
      calls.push(`${count} pictures`);
      return rows(model, ...Array.from({ length: count }, (_, i) => data[i * 3] ?? 0));
    },
    async encodeTexts(model, texts) {
      calls.push(texts.join('|'));
      return rows(model, ...texts.map((text) => Number(/\d+/.exec(text)?.[0] ?? 0)));
    },
  };
}

/** A library that does what its interface says, in the plainest way. */
export function library(): LibraryApi & {
  /** Rows by model and photo. */
  held: Map<string, Map<number, number[]>>;
  photos: Map<number, PhotoRecord>;
  folders: Map<number, FolderRecord>;
  /** All libraries, whose content is one and the same. */
  known: LibraryRecord[];
} {
  const held = new Map<string, Map<number, number[]>>();
  const photos = new Map<number, PhotoRecord>();
  const folders = new Map<number, FolderRecord>();
  const known = [FIRST_LIBRARY];
  let current = '';
  const of = (model: string) => held.get(model) ?? new Map<number, number[]>();
  const cosine = (a: number[], b: ArrayLike<number>) => a[0]! * b[0]! + a[1]! * b[1]!;
  const best = (row: ArrayLike<number>, k: number, among?: Uint8Array) =>
    [...of(current)]
      .filter(([id]) => !among || among[id] === 1)
      .map(([id, own]) => ({ id, score: cosine(own, row) }))
      .sort((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, k);
  const remove = (ids: readonly number[]) => {
    for (const index of held.values()) for (const id of ids) index.delete(id);
  };
  return {
    held,
    photos,
    folders,
    known,
    libraries: async () => [...known],
    async createLibrary(name) {
      if (known.some((other) => other.name === name)) return undefined;
      const made = { id: `id of ${name}`, name };
      known.push(made);
      return made;
    },
    renameLibrary: async ({ id, name }) => !known.some((other) => other.name === name && other.id !== id),
    restore: async () => ({ folders: [...folders.values()] }),
    photosFrom: async (first, count) => [...photos.values()].slice(first, first + count),
    async open(model) {
      current = model;
      if (!held.has(model)) held.set(model, new Map());
      return Int32Array.from(of(model).keys());
    },
    async putPhotos(list) {
      for (const photo of list) {
        photos.set(photo.id, photo);
        if (photo.hidden || photo.fault !== undefined) remove([photo.id]);
      }
    },
    async putFolder(folder) {
      folders.set(folder.id, folder);
    },
    async removeFolder(id) {
      folders.delete(id);
      for (const photo of [...photos.values()]) if (photo.folder === id) photos.delete(photo.id);
    },
    async claim(model, contents) {
      return contents.flatMap(({ id, key }) => {
        const twin = [...photos.values()].find((photo) => photo.key === key && of(model).has(photo.id));
        if (!twin) return [];
        of(model).set(id, of(model).get(twin.id)!);
        const reading = { id, key, width: twin.width!, height: twin.height! };
        photos.set(id, { ...photos.get(id)!, ...reading });
        return [reading];
      });
    },
    async add(readings, { model, data }) {
      for (const [i, reading] of readings.entries()) {
        const photo = photos.get(reading.id);
        if (!photo) continue;
        photos.set(reading.id, { ...photo, ...reading });
        of(model).set(reading.id, [...data.subarray(2 * i, 2 * i + 2)]);
      }
    },
    thumbnails: async () => new Map(),
    async remove(ids) {
      remove(ids);
      for (const id of ids) photos.delete(id);
    },
    async forget() {
      for (const map of [held, photos, folders]) map.clear();
    },
    async drop(model) {
      held.delete(model);
    },
    async forgetModel(model) {
      held.delete(model);
    },
    async search(query, k, among) {
      return best(query.data, k, among);
    },
    async row(model, id) {
      const row = of(model).get(id);
      return row && Float32Array.from(row);
    },
    duplicates: async () => [],
    stopDuplicates: async () => undefined,
    async cosines({ model, count, data }) {
      const ids = [...of(model).keys()].sort((a, b) => a - b);
      const cosines = ids.flatMap((id) =>
        Array.from({ length: count }, (_, i) => cosine(of(model).get(id)!, data.subarray(2 * i, 2 * i + 2))),
      );
      return { ids: Int32Array.from(ids), cosines: Float32Array.from(cosines) };
    },
  };
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
    ...parts,
  };
}
