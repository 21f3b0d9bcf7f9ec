import { failureName } from '../../src/core/failure';
import type { InterruptedDownload, StorageUse } from '../models-api';
import { listUnreadable } from '../sources/kept-store';
import type { ModelsParts } from './parts';

/** The site's storage use, as far as the browser reports it; zero for a page without storage. */
export async function storageUse(
  { storage, models }: Pick<ModelsParts, 'storage' | 'models'>,
  interruptedDownloads: () => Promise<InterruptedDownload[]>,
): Promise<StorageUse> {
  const { usage = 0, quota = 0 } = (await storage?.estimate()) ?? {};
  const persisted = (await storage?.persisted()) ?? false;
  const [unreadable, downloads] = await Promise.all([
    models().then(listUnreadable).catch(noneWithoutStorage),
    interruptedDownloads().catch(noneWithoutStorage),
  ]);
  return { usage, quota, persisted, unreadable, downloads };
}

const WITHOUT_STORAGE: readonly (string | undefined)[] = [
  'StorageFull',
  'StorageUnavailable',
  'PageInsecure',
];

/** Without usable storage, the page still has the built-in models. */
export function noneWithoutStorage(error: unknown): [] {
  if (WITHOUT_STORAGE.includes(failureName(error))) return [];
  throw error;
}
