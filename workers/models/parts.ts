import type { Connection } from '../../src/hub/connection';
import type { DownloadStore } from '../../src/storage/downloads';
import type { ModelStore } from '../../src/storage/kept-models';

/** The storage and network that the models worker uses. Each store is opened on first use. */
export interface ModelsParts {
  /** `navigator.storage`; undefined outside a secure context. */
  readonly storage: Pick<StorageManager, 'estimate' | 'persisted'> | undefined;
  /** The site's own files. @throws StorageUnavailable */
  readonly root: () => Promise<FileSystemDirectoryHandle>;
  /** @throws StorageFull, StorageUnavailable */
  readonly models: () => Promise<ModelStore>;
  /** @throws StorageFull, StorageUnavailable */
  readonly downloads: () => Promise<DownloadStore>;
  readonly connection: Connection;
}
