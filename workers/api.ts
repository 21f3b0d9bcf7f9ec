/**
 * The worker boundary: what the page may ask of each worker. Types only; nothing here runs.
 * Only plain data crosses. Typed arrays of pixels and embeddings are transferred, not copied.
 */
import type { Decoding } from '../src/core/decoding';
import type { FailureName } from '../src/core/failure';
import type { PreprocessSettings } from '../src/core/preprocess-settings';
import type { Embeddings } from '../src/core/unit-rows';
import type { PictureBatch, PictureRows } from '../src/engine/pictures';
import type { Frame } from '../src/image/frame';
import type { Rectangle } from '../src/image/raster';
import type { ThreadNeed } from '../src/clip/thread-need';
import type { LoadOptions, RunsOn } from '../src/engine/runs-on';
import type { DuplicateGroup } from '../src/search/duplicates/duplicates';
import type { NearestQueries } from '../src/search/nearest-queries';
import type { PhotoEmbeddings } from '../src/search/model-indexes';
import type { LabelChanges, PhotoLabels } from '../src/library/photo-labels';
import type { PhotoPack } from '../src/library/photo-pack';
import type { PhotoRows } from '../src/library/photo-rows';
import type { FolderRecord, LibraryRecord, Metadata, PhotoRecord, Reading } from '../src/library/records';
import type { EmbeddingExport, ExportedEmbeddings } from './library/embedding-export';
import type { LabelLesson, LearnedLabels } from './library/label-lesson';
import type { ModelSummary } from './sources/model-summary';

export type { LabelLesson, LearnedLabels } from './library/label-lesson';
export type { EmbeddingExport, ExportedEmbeddings, ExportLayout } from './library/embedding-export';
export type { ModelSummary } from './sources/model-summary';
export type { Embeddings } from '../src/core/unit-rows';
export type { Decoding } from '../src/core/decoding';
export type { PhotoEmbeddings } from '../src/search/model-indexes';
export type { PictureBatch } from '../src/engine/pictures';
export type { Frame } from '../src/image/frame';
export type { Backend, LoadOptions, RunsOn } from '../src/engine/runs-on';

/** The reply to a batch of pictures. */
export interface PictureEmbeddings extends Embeddings, PictureRows {}

/** A model in the clip worker. */
export interface OpenedModel {
  readonly summary: ModelSummary;
  /** 32 hex digits that identify the image tower and its preprocessing: two models may share an id. */
  readonly weights: string;
  /** 32 hex digits that identify the rows that a library keeps of it: rows of others are made again. */
  readonly rows: string;
  readonly runsOn: RunsOn;
  /** Set if pictures are to be given as they are decoded: their device resizes them faster. */
  readonly takesFrames?: true;
  readonly preprocess: PreprocessSettings;
  /** False until the text tower has arrived: pictures can be indexed, texts throw TowerMissing. */
  readonly hasText: boolean;
  /** exp(logit_scale): multiplies a cosine to give a logit. */
  readonly logitScale: number;
  /** Added to every logit; null if the checkpoint has none. */
  readonly logitBias: number | null;
}

/** A model that the page uses. */
export interface LoadedModel extends OpenedModel {
  /** How photos may be decoded for it. */
  readonly decoding: Decoding;
}

/** Work of known length. `total` is 0 while the length is unknown. */
export interface Progress {
  readonly stage: 'reading' | 'downloading' | 'verifying' | 'storing' | 'compiling' | 'checking';
  readonly done: number;
  readonly total: number;
  /** Download rate over the last few seconds. */
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** The image tower has arrived: the model can be loaded to index pictures while the rest downloads. */
  readonly imageTowerReady?: boolean;
}

/** How to run a model in the clip worker. */
export interface ClipOptions extends LoadOptions {
  /** Of the first model; a model that needs others needs another worker. */
  readonly threads: ThreadNeed;
}

/** Owns the towers and the GPU; knows nothing of photos. */
export interface ClipApi {
  /**
   * Makes `id` the loaded model. `id@HEIGHTxWIDTH` runs it at another image size, with a resized position embedding.
   * Without WebGPU the model runs on wasm, and `runsOn.reason` says why. If both towers do not fit in memory together,
   * each is opened when needed. A model that is loaded already stays so, also if `id` cannot be found or read.
   * @throws WeightsUnusable, ModelTooLarge, ModelUnknown, ModelDamaged, OutOfMemory, StorageUnavailable, NetworkFailed, BackendUnavailable (wasm failed
   *   too)
   */
  load(id: string, options: ClipOptions, onProgress: (progress: Progress) => void): Promise<OpenedModel>;
  /** Queries are served between batches. @throws ModelNotLoaded, DeviceLost, OutOfMemory */
  encodeImages(model: string, pictures: PictureBatch): Promise<PictureEmbeddings>;
  /** The same for pictures as they were decoded. @throws as `encodeImages`, and BackendUnavailable */
  encodeFrames(model: string, frames: readonly Frame[]): Promise<PictureEmbeddings>;
  /** @throws ModelNotLoaded, TowerMissing, DeviceLost, OutOfMemory */
  encodeTexts(model: string, texts: readonly string[]): Promise<Embeddings>;
  /** Texts that are too long for the model, each with the beginning that it reads. @throws ModelNotLoaded */
  cutTexts(model: string, texts: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Bytes of wasm memory that this worker has taken; what lies on the GPU is not among them. */
  wasmBytes(): Promise<number>;
  /** Frees the towers and the device. */
  unload(): Promise<void>;
}

/** A decoded picture, what is made of it for a tower, and what is known of it; or why it could not be prepared. */
export type Prepared<Made> =
  | (Made & {
      readonly ok: true;
      /** Content key: the first 16 bytes of the file's SHA-256, as 32 hex digits. */
      readonly key: string;
      readonly metadata: Metadata;
      /** Size of the upright picture, in pixels. */
      readonly width: number;
      readonly height: number;
      /** How it was decoded: exact also where no scale would do. */
      readonly decoding: Decoding;
      /** For the grid: its shorter edge is at most `thumbnailEdge`, or a copy of a small file. Absent if not requested. */
      readonly thumbnail?: Blob;
    })
  | { readonly ok: false; readonly name: FailureName; readonly message: string };

/** A decoded, resized and cropped picture: RGB bytes, `[size.height, size.width, 3]`. */
export type PreparedPicture = Prepared<{ readonly pixels: Uint8Array<ArrayBuffer> }>;

/** A decoded picture that the tower's device is to resize. */
export type PreparedFrame = Prepared<{ readonly frame: Frame }>;

/** A picture of a data set, or a part of it, decoded, resized and cropped. */
export type PreparedSample =
  | { readonly ok: true; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly name: FailureName; readonly message: string };

/** Decodes, rotates upright, flattens onto a ground, resizes and crops. One of a small pool. */
export interface ImageApi {
  /**
   * A picture that cannot be prepared is a result, not a rejection. `thumbnailEdge` 0 skips the thumbnail.
   * @param decoding how it may be decoded; default: exact
   */
  prepare(
    file: Blob,
    settings: PreprocessSettings,
    thumbnailEdge: number,
    decoding?: Decoding,
  ): Promise<PreparedPicture>;
  /** The same for a model that takes frames. */
  prepareFrame(
    file: Blob,
    settings: PreprocessSettings,
    thumbnailEdge: number,
    decoding?: Decoding,
  ): Promise<PreparedFrame>;
  /**
   * The pixels alone of a data set's picture or of a box in it, decoded exactly, but as it is stored: the reference
   * turns none upright. What cannot be prepared is a result, not a rejection.
   */
  prepareSample(file: Blob, settings: PreprocessSettings, box?: Rectangle): Promise<PreparedSample>;
  /** The pixels alone of a picture that is decoded already, such as a camera's frame. Else as `prepareSample`. */
  prepareBitmap(bitmap: ImageBitmap, settings: PreprocessSettings): Promise<PreparedSample>;
  /** Only the `key` of `PreparedPicture`. @throws FileUnreadable */
  keyOf(file: Blob): Promise<string>;
  /**
   * The picture as an `<img>` may show it: the file itself, or a copy that is upright and no drawing.
   * @throws FileUnreadable, PictureEmpty, PictureUnreadable, PictureTooLarge, PictureTooComplex
   */
  shown(file: Blob): Promise<Blob>;
}

/** One photo in a search result. */
export interface Match {
  readonly id: number;
  /** Cosine, -1..1. */
  readonly score: number;
}

/** A library's folders, and whether additions outlast the page. */
export interface RestoredLibrary {
  readonly folders: readonly FolderRecord[];
  /** Why additions will be lost when the page closes; absent if they are stored. */
  readonly unkept?: FailureName;
  /** Number of photos whose records the browser lost; absent: none. */
  readonly missing?: number;
}

/**
 * Owns the photos' records, thumbnails and embeddings; of models it knows only the ids. A change is on disk once its
 * promise resolves. Photo ids are integers from 0.
 */
export interface LibraryApi {
  /** All libraries: the first, which always exists, then the others by name. @throws StorageUnavailable */
  libraries(): Promise<LibraryRecord[]>;
  /** Creates a library; undefined if the name is taken. @throws StorageFull, StorageUnavailable */
  createLibrary(name: string): Promise<LibraryRecord | undefined>;
  /** Renames a library; false if the name is taken. @throws StorageFull, StorageUnavailable */
  renameLibrary(library: LibraryRecord): Promise<boolean>;
  /**
   * Opens the library of this id; in memory only, if another tab has it open or the browser stores nothing. All methods
   * below act on this library and wait for it. A worker opens only one in its lifetime.
   */
  restore(library: string): Promise<RestoredLibrary>;
  /**
   * Photos with ids from `first` up, ascending: at least `count` of them if there are as many. The next call starts at
   * the last id + 1.
   */
  photosFrom(first: number, count: number): Promise<PhotoPack[]>;
  /**
   * Makes `model` the current one and returns the ids it has embeddings for. They have length `dim`; embeddings made as
   * other `rows` are discarded.
   * @param decoding exact: embeddings of photos decoded at a scale are as if they were not there; default: scaled
   * @throws IndexUnreadable, StorageFull, StorageBusy, StorageUnavailable
   */
  open(model: string, dim: number, rows: string, decoding?: Decoding): Promise<Int32Array<ArrayBuffer>>;
  /**
   * As `open`, beside the current model, which stays the current one. Without `rows`, `model` is a name for embeddings
   * that are in memory only, until `close`.
   */
  openBeside(
    model: string,
    dim: number,
    rows?: string,
    decoding?: Decoding,
  ): Promise<Int32Array<ArrayBuffer>>;
  /** Number of embeddings of `model` that were damaged on disk when it was opened; their photos have none. */
  damaged(model: string): Promise<number>;
  /**
   * Drops the embeddings of `model` from memory until `open` reads them again; rows added meanwhile are ignored. A
   * library that exists only in memory keeps them.
   */
  close(model: string): Promise<void>;
  /** Stores photo records. @throws StorageFull, StorageUnavailable, as do the methods below */
  putPhotos(photos: readonly PhotoRecord[]): Promise<void>;
  putFolder(folder: FolderRecord): Promise<void>;
  /** Removes a folder and its photos. */
  removeFolder(id: number): Promise<void>;
  /**
   * Assigns existing rows of `model` to photos with the same content, such as copies and moved files, and returns their
   * readings: these photos need not be read.
   */
  claim(model: string, contents: readonly Pick<Reading, 'id' | 'key'>[]): Promise<Reading[]>;
  /** Stores photo readings, their rows in the same order, and thumbnails by content key. */
  add(readings: readonly Reading[], rows: PhotoRows, thumbnails: ReadonlyMap<string, Blob>): Promise<void>;
  /** The stored thumbnails for these content keys. */
  thumbnails(keys: readonly string[]): Promise<ReadonlyMap<string, Blob>>;
  /** What the user said of photos, by content key; also of photos that are gone. */
  labels(): Promise<ReadonlyMap<string, PhotoLabels>>;
  putLabels(changes: LabelChanges): Promise<void>;
  /** Removes these photos from every model. */
  remove(ids: readonly number[]): Promise<void>;
  /** Deletes a model's embeddings in this library, at every image size. */
  drop(model: string): Promise<void>;
  /** The same in every library that no other tab has open, after the model was removed. */
  forgetModel(model: string): Promise<void>;
  /** Deletes the library's photos, folders and embeddings, and its list entry unless it is the first. */
  forget(): Promise<void>;
  /**
   * The `k` best matches by cosine with the first row of `query`, descending; ties by ascending id.
   * @param among restricts matches to photos with `among[id]` = 1; default: all
   */
  search(query: Embeddings, k: number, among?: Uint8Array<ArrayBuffer>): Promise<Match[]>;
  /** The unit-length embedding of a photo by `model`; undefined if there is none. */
  row(model: string, id: number): Promise<Float32Array<ArrayBuffer> | undefined>;
  /**
   * The rows of the next `count` photos with ids from `first` up, or fewer at the end. The next call starts at the last
   * id + 1.
   * @throws ModelNotLoaded when `model` is not open
   */
  rowsOf(model: string, first: number, count: number): Promise<PhotoEmbeddings>;
  /**
   * Writes the embeddings of photos, with what is known of each, as other tools read them.
   * @throws ModelNotLoaded, StorageFull, StorageUnavailable; Cancelled after `stopExport` or a newer call: nothing is
   *   then left in the folder
   */
  exportEmbeddings(
    request: EmbeddingExport,
    onProgress: (done: number, total: number) => void,
  ): Promise<ExportedEmbeddings>;
  stopExport(): Promise<void>;
  /**
   * Groups of near-duplicate photos (`src/search/duplicates`), by the current model's rows.
   * @param threshold minimum cosine of near-duplicates, greater than 0 and at most 1
   * @throws ModelNotLoaded; Cancelled after `stopDuplicates` or a newer call
   */
  duplicates(threshold: number, onProgress: (done: number, total: number) => void): Promise<DuplicateGroup[]>;
  stopDuplicates(): Promise<void>;
  /**
   * Labels learn from photos that the user has checked (`src/zeroshot/learning`). `onProgress` is told of the trainings done,
   * and of how many there are.
   * @throws ModelNotLoaded; RangeError if sizes differ; Cancelled after `stopLearning` or a newer call
   */
  learnLabels(lesson: LabelLesson, onProgress: (done: number, total: number) => void): Promise<LearnedLabels>;
  stopLearning(): Promise<void>;
  /** Cosines of every stored photo with every row: `[ids.length, rows.count]`, row-major, ids ascending. */
  cosines(rows: Embeddings): Promise<{ ids: Int32Array<ArrayBuffer>; cosines: Float32Array<ArrayBuffer> }>;
  /**
   * The `most` rows nearest to each of these photos that is stored, in this order (`src/search/nearest-queries`).
   * @param scale of `logSums`, > 0
   * @throws ModelNotLoaded; RangeError if the rows have another length
   */
  nearestQueries(
    rows: Embeddings,
    ids: Int32Array<ArrayBuffer>,
    most: number,
    scale: number,
  ): Promise<NearestQueries>;
}
