/** Owns the kept models and everything that is downloaded; runs no tower and sees no photo. */
import { expose } from 'comlink';
import { addCheckpoint, questions } from './models/add-checkpoint';
import { listBuiltIn } from './sources/built-in-models';
import { idOf } from './models/download-plan';
import { fetchModel, stopFetching } from './models/fetch-model';
import { inspect } from './models/inspect';
import { listKept, modelStore } from './sources/kept-store';
import { holdLifeLock } from './life-lock';
import type { ModelsApi } from './models-api';
import { forgetExports, saveCheckpoint } from './models/save-checkpoint';
import { noneWithoutStorage, storageUse } from './models/storage-use';

const api: ModelsApi = {
  list: async () => [...(await listBuiltIn()), ...(await listKept().catch(noneWithoutStorage))],
  inspect,
  fetchModel,
  stopFetching,
  idOf,
  questions,
  addCheckpoint,
  removeModel: async (id) => (await modelStore()).remove(id),
  saveCheckpoint,
  storage: storageUse,
};

expose(api);
holdLifeLock();
void forgetExports();
