/** Owns the kept models and all downloads; runs no tower and sees no photo. */
import { expose } from 'comlink';
import { once } from '../src/core/tasks';
import { announceTimeLimits } from '../src/core/time-limit';
import { storageRoot } from '../src/storage/directory';
import { openDownloads } from '../src/storage/downloads';
import { holdLifeLock } from './life-lock';
import { connectionOf } from './models/connection';
import { createModelsApi } from './models/models-api';
import { forgetExports } from './models/save-checkpoint';
import { modelStore } from './sources/kept-store';

const api = createModelsApi({
  storage: navigator.storage,
  root: storageRoot,
  models: modelStore,
  downloads: once(async () => openDownloads(await storageRoot())),
  connection: connectionOf(self),
});

expose(api);
holdLifeLock();
announceTimeLimits((limit) => self.postMessage(limit));
void forgetExports(storageRoot);
