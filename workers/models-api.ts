/**
 * The boundary of the models worker: what there is to run, and how it gets onto this device and off it. Types only.
 * It owns the kept models and everything that is downloaded; it runs no tower and sees no photo.
 */
import type { ModelShape } from '../src/engine/model-shape';
import type { Precision } from '../src/clip/weights/weights';
import type { ModelSummary, Progress } from './api';
import type { PlannedRequest, RemoteSource } from './models/download-record';

export type { PlannedRequest, RemoteSource } from './models/download-record';

/** What a remote checkpoint is and costs, read from its config and the header of its weights. */
export interface RemoteCheckpoint extends Pick<ModelShape, 'imageSize' | 'embedDim' | 'parameters'> {
  readonly source: RemoteSource;
  /** The commit that will be downloaded; absent for a folder. */
  readonly commit?: string;
  readonly licence?: string;
  /** Bytes of all that will be downloaded. */
  readonly downloadBytes: number;
  /** Bytes on this device's disk once converted. */
  readonly keptBytes: Readonly<Record<Precision, number>>;
  /** Whether its tokenizer can be had without asking the person for one. */
  readonly hasTokenizer: boolean;
}

/** A checkpoint that is to be fetched and kept. */
export interface FetchRequest extends PlannedRequest {
  /** A `tokenizer.json` for a checkpoint that brings none. */
  readonly tokenizer?: Blob;
}

/** A download that was paused, cut or left when its page was closed. It goes on with `fetchModel`. */
export interface InterruptedDownload {
  /** What `stopFetching` calls it. */
  readonly id: string;
  readonly request: PlannedRequest;
  /** Bytes that have arrived and are kept. */
  readonly done: number;
  readonly total: number;
}

/** A setting that tensor shapes cannot tell, asked of the person who opens weights without a config. */
export interface ArchitectureQuestion {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** The value taken when nobody answers. */
  readonly preset: string;
}

/** The files of an OpenCLIP checkpoint, as picked by a person. */
export interface CheckpointFiles {
  /** Shown in the picker: the folder's name. */
  readonly name: string;
  readonly config?: Blob;
  readonly weights?: Blob;
  readonly tokenizer?: Blob;
  /** `tokenizer_config.json`, read only for the name of the padding token. */
  readonly tokenizerConfig?: Blob;
  /** How to keep it; absent: fp16 where the file is fp16 already, else fp32. */
  readonly precision?: Precision;
  /** Answers to `questions`, by key, for weights without a config. */
  readonly answers?: Readonly<Record<string, string>>;
  /** The hub that may be asked for a missing tokenizer: its base address. Absent: none. */
  readonly hub?: string;
}

/** A model directory that cannot be used, with the reason as a clause. It takes room until it is removed. */
export interface UnreadableModel {
  readonly id: string;
  readonly bytes: number;
  readonly reason: string;
}

/** What the site keeps on this device. Sizes in bytes. */
export interface StorageUse {
  /** All that this site keeps, by the browser's estimate; 0 where it does not say. */
  readonly usage: number;
  readonly quota: number;
  /** Whether the browser has promised not to clear it away by itself. */
  readonly persisted: boolean;
  readonly unreadable: readonly UnreadableModel[];
  readonly downloads: readonly InterruptedDownload[];
}

/** A file made for a person to keep. */
export interface SavedFile {
  readonly name: string;
  readonly file: Blob;
}

/** Owns the kept models: lists, downloads, converts, saves and deletes them. Runs no tower and sees no photo. */
export interface ModelsApi {
  /** Built-in models first, then the kept ones. @throws NetworkFailed */
  list(): Promise<ModelSummary[]>;
  /**
   * Reads what a remote checkpoint is, without downloading its weights.
   * @throws Offline, NetworkFailed, CorsRefused, HostNotAllowed, HubForbidden, HubNotFound, HubBusy, HubUnreadable,
   *   CheckpointIncomplete, and what a bad config or header throws
   */
  inspect(source: RemoteSource): Promise<RemoteCheckpoint>;
  /**
   * Downloads, verifies, converts and keeps a checkpoint; it is listed only once every byte is stored and its hash is
   * right. Goes on from the byte an earlier call had reached.
   * @throws what `inspect` throws, RevisionChanged, HashMismatch (the file is deleted), StorageFull, StorageBusy
   *   (another tab is at it), TokenizerMissing, Cancelled (paused or discarded)
   */
  fetchModel(request: FetchRequest, onProgress: (progress: Progress) => void): Promise<ModelSummary>;
  /** Ends a download: 'pause' keeps what has arrived, 'discard' deletes it. Does nothing where there is none. */
  stopFetching(id: string, how: 'pause' | 'discard'): Promise<void>;
  /** The id that `fetchModel` gives the download and the model of this request. */
  idOf(request: PlannedRequest): Promise<string>;
  /** What shapes cannot tell of weights without a config. @throws ArchitectureUnclear, SafetensorsMalformed */
  questions(weights: Blob): Promise<ArchitectureQuestion[]>;
  /**
   * Checks, converts and keeps a checkpoint; it is listed only once every byte is stored. Without a config the
   * architecture is read from the shapes and `answers`; without a tokenizer one of a kept model of the same vocabulary
   * is taken.
   * @throws CheckpointIncomplete, ConfigUnreadable, UnsupportedSetting, SafetensorsMalformed, TensorMissing,
   *   TensorUnexpected, TensorMismatch, TokenizerUnsupported, TokenizerMissing, ArchitectureUnclear, StorageFull,
   *   StorageUnavailable, StorageBusy, FileUnreadable
   */
  addCheckpoint(files: CheckpointFiles, onProgress: (progress: Progress) => void): Promise<ModelSummary>;
  /** Deletes a kept model, readable or not. Built-in models stay. @throws ModelUnknown, StorageBusy */
  removeModel(id: string): Promise<void>;
  /**
   * Writes a kept model as an OpenCLIP checkpoint: config, weights of `dtype`, tokenizer. Into a folder named after the
   * model within `folder` where that is given (nothing is returned), else as files to be downloaded.
   * @throws ModelUnknown, ModelDamaged, StorageFull, StorageUnavailable
   */
  saveCheckpoint(
    id: string,
    dtype: 'F16' | 'F32',
    folder: FileSystemDirectoryHandle | undefined,
    onProgress: (progress: Progress) => void,
  ): Promise<SavedFile[]>;
  storage(): Promise<StorageUse>;
}
