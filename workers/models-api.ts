/**
 * The interface of the models worker: which models can be run, and how they are added and removed. Types only.
 * It owns the kept models and all downloads; it runs no tower and sees no photo.
 */
import type { ModelShape } from '../src/engine/model-shape';
import type { Precision } from '../src/clip/weights/weights';
import type { ModelSummary, Progress } from './api';
import type { ListedDataset } from './dataset-api';
import type { PlannedRequest, RemoteSource } from './models/download-record';

export type { PlannedRequest, RemoteSource } from './models/download-record';

/** A remote checkpoint's model and size, read from its config and the header of its weights. */
export interface RemoteCheckpoint extends Pick<ModelShape, 'imageSize' | 'embedDim' | 'parameters'> {
  readonly source: RemoteSource;
  /** The commit that will be downloaded; absent for a folder. */
  readonly commit?: string;
  /** Its file of weights, or the index of several: the path in the repository, or the name in the folder. */
  readonly file: string;
  /** The number of files of weights, if there are several. */
  readonly parts?: number;
  readonly licence?: string;
  /** Download size in bytes. */
  readonly downloadBytes: number;
  /** Bytes on disk once converted. */
  readonly keptBytes: Readonly<Record<Precision, number>>;
  /** Whether a tokenizer can be found without asking the user. */
  readonly hasTokenizer: boolean;
}

/** A checkpoint to download and keep. */
export interface FetchRequest extends PlannedRequest {
  /** A `tokenizer.json` for a checkpoint without one. */
  readonly tokenizer?: Blob;
}

/** A download that was paused, failed or was cut off by closing the page. `fetchModel` resumes it. */
export interface InterruptedDownload {
  /** The id that `stopFetching` takes. */
  readonly id: string;
  readonly request: PlannedRequest;
  /** Bytes downloaded so far. */
  readonly done: number;
  readonly total: number;
}

/** A setting that tensor shapes do not reveal; the user is asked when opening weights without a config. */
export interface ArchitectureQuestion {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** The default. */
  readonly preset: string;
}

/** The files of a checkpoint in OpenCLIP's form or transformers', as picked by the user. */
export interface CheckpointFiles {
  /** Shown in the picker: the folder's name. */
  readonly name: string;
  /** OpenCLIP's, or transformers' `config.json`. */
  readonly config?: Blob;
  readonly weights?: Blob;
  /** The parts of weights that are split; `weights` is then their index. */
  readonly shards?: readonly { readonly name: string; readonly file: Blob }[];
  /** If the folder had more than one file of weights: the one taken, and the others. */
  readonly choice?: { readonly taken: string; readonly besides: readonly string[] };
  readonly tokenizer?: Blob;
  /** `tokenizer_config.json`. */
  readonly tokenizerConfig?: Blob;
  /** How pictures are prepared, in transformers' form: `preprocessor_config.json`, `processor_config.json`. */
  readonly preprocessor?: Blob;
  readonly processor?: Blob;
  /** Storage precision; absent: fp16 if the file is fp16, else fp32. */
  readonly precision?: Precision;
  /** Answers to `questions`, by key, for weights without a config. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Base URL of the hub that may supply a missing tokenizer; absent: none. */
  readonly hub?: string;
}

/** A model directory that cannot be used, with the reason as a clause. It takes up space until removed. */
export interface UnreadableModel {
  readonly id: string;
  readonly bytes: number;
  readonly reason: string;
}

/** The site's storage on this device. Sizes in bytes. */
export interface StorageUse {
  /** Bytes used by the site, as the browser estimates; 0 if unknown. */
  readonly usage: number;
  readonly quota: number;
  /** Whether the browser has promised not to evict it. */
  readonly persisted: boolean;
  readonly unreadable: readonly UnreadableModel[];
  readonly downloads: readonly InterruptedDownload[];
}

/** A file for the user to save. */
export interface SavedFile {
  readonly name: string;
  readonly file: Blob;
}

/** Owns the kept models: lists, downloads, converts, saves and deletes them. Runs no tower and sees no photo. */
export interface ModelsApi {
  /** Built-in models first, then the kept ones. @throws NetworkFailed */
  list(): Promise<ModelSummary[]>;
  /**
   * Describes a remote checkpoint without downloading its weights.
   * @throws Offline, NetworkFailed, CorsRefused, HostNotAllowed, HubForbidden, HubNotFound, HubBusy, HubUnreadable,
   *   CheckpointIncomplete, and what a bad config or header throws
   */
  inspect(source: RemoteSource): Promise<RemoteCheckpoint>;
  /**
   * Downloads, verifies, converts and keeps a checkpoint; it is listed only once every byte is stored and the hash
   * matches. Resumes an earlier download.
   * @throws what `inspect` throws, RevisionChanged, HashMismatch (the file is deleted), StorageFull, StorageBusy
   *   (in use by another tab), TokenizerMissing, Cancelled (paused or discarded)
   */
  fetchModel(request: FetchRequest, onProgress: (progress: Progress) => void): Promise<ModelSummary>;
  /** Stops a download: 'pause' keeps the bytes received, 'discard' deletes them. No-op if there is none. */
  stopFetching(id: string, how: 'pause' | 'discard'): Promise<void>;
  /** The id of the download and of the model that `fetchModel` makes of this request. */
  idOf(request: PlannedRequest): Promise<string>;
  /**
   * What shapes leave open, for weights without a config.
   * @throws ArchitectureUnclear, SafetensorsMalformed, CheckpointIncomplete
   */
  questions(files: Pick<CheckpointFiles, 'name' | 'weights' | 'shards'>): Promise<ArchitectureQuestion[]>;
  /**
   * Checks, converts and keeps a checkpoint; it is listed only once every byte is stored. Without a config, the
   * architecture is derived from shapes and `answers`; without a tokenizer, that of a kept model with the same
   * vocabulary is used.
   * @throws CheckpointIncomplete, ConfigUnreadable, UnsupportedSetting, SafetensorsMalformed, TensorMissing,
   *   TensorUnexpected, TensorMismatch, TokenizerUnsupported, TokenizerMissing, ArchitectureUnclear, StorageFull,
   *   StorageUnavailable, StorageBusy, FileUnreadable
   */
  addCheckpoint(files: CheckpointFiles, onProgress: (progress: Progress) => void): Promise<ModelSummary>;
  /** Deletes a kept model, readable or not; built-in models cannot be removed. @throws ModelUnknown, StorageBusy */
  removeModel(id: string): Promise<void>;
  /**
   * Writes a kept model as an OpenCLIP checkpoint: config, weights of `dtype`, tokenizer. With `folder`, into a
   * subfolder named after the model (returns nothing); otherwise as files for the browser to download.
   * @throws ModelUnknown, ModelDamaged, StorageFull, StorageUnavailable
   */
  saveCheckpoint(
    id: string,
    dtype: 'F16' | 'F32',
    folder: FileSystemDirectoryHandle | undefined,
    onProgress: (progress: Progress) => void,
  ): Promise<SavedFile[]>;
  storage(): Promise<StorageUse>;
  /**
   * Lists the files of a data set on a hub. @param repository `owner/name`
   * @throws Offline, NetworkFailed, CorsRefused, HostNotAllowed, HubForbidden, HubNotFound, HubBusy, HubUnreadable
   */
  listDataset(hub: string, repository: string): Promise<ListedDataset>;
  /** Bytes `start` to `end` of a file of a listed data set. @throws what `listDataset` throws */
  readDataset(
    dataset: Pick<ListedDataset, 'hub' | 'repository' | 'commit'>,
    file: ListedDataset['files'][number],
    start: number,
    end: number,
  ): Promise<ArrayBuffer>;
}
