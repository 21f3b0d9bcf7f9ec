/**
 * The worker boundary: what the page may ask of each worker. Types only; nothing here runs.
 * Only plain data crosses. Typed arrays of pixels and embeddings are transferred, not copied.
 */
import type { FailureName } from '../src/core/failure';
import type { PreprocessSettings } from '../src/core/preprocess-settings';
import type { Embeddings } from '../src/core/unit-rows';
import type { PictureRows } from '../src/engine/engine';
import type { PictureBatch } from '../src/engine/pictures';
import type { LoadOptions, RunsOn } from '../src/engine/runs-on';
import type { DuplicateGroup } from '../src/search/duplicates/duplicates';
import type { PhotoEmbeddings } from '../src/search/model-indexes';
import type { FolderRecord, LibraryRecord, Metadata, PhotoRecord, Reading } from '../src/library/records';
import type { ModelSummary } from './sources/model-summary';

export type { ModelSummary } from './sources/model-summary';
export type { Embeddings } from '../src/core/unit-rows';
export type { PictureBatch } from '../src/engine/pictures';
export type { Backend, LoadOptions, RunsOn } from '../src/engine/runs-on';

/** The answer to pictures. */
export interface PictureEmbeddings extends Embeddings, PictureRows {}

export interface LoadedModel {
  readonly summary: ModelSummary;
  /** 32 hex digits that tell its image tower, and how pictures are prepared for it, from any other of the same id. */
  readonly weights: string;
  readonly runsOn: RunsOn;
  readonly preprocess: PreprocessSettings;
  /** False while the rest of the model is still on its way: pictures can be indexed, texts throw TowerMissing. */
  readonly hasText: boolean;
  /** exp(logit_scale): multiplies a cosine to give a logit. */
  readonly logitScale: number;
  /** Added to every logit; null where the checkpoint has none. */
  readonly logitBias: number | null;
}

/** Work of known length. `total` is 0 while the length is unknown. */
export interface Progress {
  readonly stage: 'reading' | 'downloading' | 'verifying' | 'storing' | 'compiling' | 'checking';
  readonly done: number;
  readonly total: number;
  /** Of a download, over the last seconds. */
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** The image tower is here already: the model can be loaded to index pictures while the rest arrives. */
  readonly imageTowerReady?: boolean;
}

/** Owns the towers and the GPU; knows nothing of photos. */
export interface ClipApi {
  /**
   * Makes `id` the loaded model. `id@HEIGHTxWIDTH` runs it at another image size, its position embedding resized.
   * Where WebGPU cannot be had the model runs on wasm, and `runsOn.reason` says why. Towers are opened when first
   * needed where both do not fit in memory together.
   * @throws ModelUnknown, ModelDamaged, OutOfMemory, StorageUnavailable, NetworkFailed, BackendUnavailable (not even
   *   wasm)
   */
  load(id: string, options: LoadOptions, onProgress: (progress: Progress) => void): Promise<LoadedModel>;
  /** Queries are served between batches. @throws ModelNotLoaded, DeviceLost, OutOfMemory */
  encodeImages(model: string, pictures: PictureBatch): Promise<PictureEmbeddings>;
  /** @throws ModelNotLoaded, TowerMissing, DeviceLost, OutOfMemory */
  encodeTexts(model: string, texts: readonly string[]): Promise<Embeddings>;
  /** Frees the towers and the device. */
  unload(): Promise<void>;
}

/** A decoded, resized and cropped picture, or the reason why there is none. */
export type PreparedPicture =
  | {
      readonly ok: true;
      /** The file's content: the first 16 bytes of its SHA-256, as 32 hex digits. */
      readonly key: string;
      readonly metadata: Metadata;
      /** RGB bytes, `[size.height, size.width, 3]`. */
      readonly pixels: Uint8Array<ArrayBuffer>;
      /** Of the picture as a person sees it (upright), in pixels. */
      readonly width: number;
      readonly height: number;
      /** For the grid; its shorter edge is `thumbnailEdge` at most. Absent when none was asked for. */
      readonly thumbnail?: Blob;
    }
  | { readonly ok: false; readonly name: FailureName; readonly message: string };

/** Decodes, turns upright, flattens over white, resizes and crops. One of a small pool. */
export interface ImageApi {
  /**
   * Never rejects because of the picture: a bad one is data. `thumbnailEdge` 0 asks for no thumbnail.
   * @param picture what is decoded, where that is not the file itself
   */
  prepare(
    file: Blob,
    settings: PreprocessSettings,
    thumbnailEdge: number,
    picture?: Blob,
  ): Promise<PreparedPicture>;
  /** The `key` alone, as of `PreparedPicture`. @throws FileUnreadable */
  keyOf(file: Blob): Promise<string>;
}

/** One photo's place in an answer. */
export interface Match {
  readonly id: number;
  /** Cosine, -1..1. */
  readonly score: number;
}

/** Folders, and whether what is added outlasts the page. */
export interface RestoredLibrary {
  readonly folders: readonly FolderRecord[];
  /** Why nothing that is added will outlast the page; absent where it will. */
  readonly unkept?: FailureName;
}

/**
 * Owns the photos' records, their thumbnails and their embeddings; knows nothing of models but their ids. What changes
 * them is on the disk once the promise resolves. Photo ids are whole numbers, 0 or more.
 */
export interface LibraryApi {
  /** All libraries: the first one, which is always there, then the others by name. @throws StorageUnavailable */
  libraries(): Promise<LibraryRecord[]>;
  /** Makes a library; undefined where another one bears that name. @throws StorageFull, StorageUnavailable */
  createLibrary(name: string): Promise<LibraryRecord | undefined>;
  /** Gives a library another name; false where another one bears it. @throws StorageFull, StorageUnavailable */
  renameLibrary(library: LibraryRecord): Promise<boolean>;
  /**
   * Opens the library of this id, in memory alone where another tab has it open or the browser keeps nothing. What
   * follows is about this library and waits for it. A worker has one in its life.
   */
  restore(library: string): Promise<RestoredLibrary>;
  /** Photos by rising id as they were put, from the `first`th on, `count` at most. */
  photosFrom(first: number, count: number): Promise<PhotoRecord[]>;
  /**
   * Makes `model` the current one and returns the ids it already holds. Its embeddings have length `dim`; those that
   * other `weights` made are given up.
   * @throws IndexUnreadable, StorageFull, StorageBusy, StorageUnavailable
   */
  open(model: string, dim: number, weights: string): Promise<Int32Array<ArrayBuffer>>;
  /**
   * Takes what `model` made out of memory, which `open` reads again; its rows that are added meanwhile are left out. In
   * a library that lasts as long as the page they stay.
   */
  close(model: string): Promise<void>;
  /** Keeps photos as they were found. @throws StorageFull, StorageUnavailable, as what follows does */
  putPhotos(photos: readonly PhotoRecord[]): Promise<void>;
  putFolder(folder: FolderRecord): Promise<void>;
  /** Forgets a folder with its photos. */
  removeFolder(id: number): Promise<void>;
  /**
   * What is known of those photos whose content has a row of `model`, from another photo or one that was moved: they
   * have it now and need not be read.
   */
  claim(model: string, contents: readonly Pick<Reading, 'id' | 'key'>[]): Promise<Reading[]>;
  /** Keeps what was read of photos, their rows in the same order, and their thumbnails by content. */
  add(readings: readonly Reading[], rows: Embeddings, thumbnails: ReadonlyMap<string, Blob>): Promise<void>;
  /** The thumbnails of photos of these contents, where they are kept. */
  thumbnails(keys: readonly string[]): Promise<ReadonlyMap<string, Blob>>;
  /** Forgets these photos in every model. */
  remove(ids: readonly number[]): Promise<void>;
  /** Forgets all that a model made of this library, at whatever image size. */
  drop(model: string): Promise<void>;
  /** Likewise of every library that no other tab has open: the model was removed. */
  forgetModel(model: string): Promise<void>;
  /** Forgets the library: its photos, folders and embeddings, and that it was there unless it is the first. */
  forget(): Promise<void>;
  /**
   * The `k` best by cosine with `query`'s first row, falling; equal scores by rising id.
   * @param among the photos that may match, all unless given: `among[id]` is 1
   */
  search(query: Embeddings, k: number, among?: Uint8Array<ArrayBuffer>): Promise<Match[]>;
  /** The row that `model` made of a photo, of length 1; undefined where there is none. */
  row(model: string, id: number): Promise<Float32Array<ArrayBuffer> | undefined>;
  /**
   * The rows of the `count` photos with the least ids from `first` on; fewer where there are no more. The next piece
   * begins at the last id + 1.
   * @throws ModelNotLoaded when `model` is not open
   */
  rowsOf(model: string, first: number, count: number): Promise<PhotoEmbeddings>;
  /**
   * Photos that show the same, in groups (`src/search/duplicates`), by the current model's rows.
   * @param threshold the least cosine of near-duplicates, above 0 to 1
   * @throws ModelNotLoaded; Cancelled after `stopDuplicates`, or when asked for again meanwhile
   */
  duplicates(threshold: number, onProgress: (done: number, total: number) => void): Promise<DuplicateGroup[]>;
  stopDuplicates(): Promise<void>;
  /** Cosines of every stored photo with every row: `[ids.length, rows.count]`, row-major, ids rising. */
  cosines(rows: Embeddings): Promise<{ ids: Int32Array<ArrayBuffer>; cosines: Float32Array<ArrayBuffer> }>;
}
