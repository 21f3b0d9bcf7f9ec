/** Owns the stored photos and embeddings; a thread of its own keeps search fast while the towers run. */
import { expose } from 'comlink';
import { findAdapter, isFallback, openDevice, type GpuDevice } from '../src/gpu/device';
import { listLibraries, putLibrary, removeLibrary } from '../src/library/library-list';
import { lockLibrary } from '../src/library/library-lock';
import { openLibraryStore, removeIndexesMadeBy, removeLibraryStore } from '../src/library/library-store';
import { createLibraryApi } from './library/library-api';
import { holdLifeLock } from './life-lock';

/** How long a page that is reloaded waits for its former self, in milliseconds. */
const PATIENCE = 2000;

async function openHardware(): Promise<GpuDevice | undefined> {
  const adapter = await findAdapter();
  return adapter && !isFallback(adapter) ? openDevice(adapter, false) : undefined;
}

const api = createLibraryApi({
  list: listLibraries,
  put: putLibrary,
  takeOff: removeLibrary,
  lock: async (id) => (await lockLibrary(id, PATIENCE)) !== undefined,
  openStore: openLibraryStore,
  removeStore: removeLibraryStore,
  removeIndexesMadeBy,
  openDevice: openHardware,
});

expose(api);
holdLifeLock();
