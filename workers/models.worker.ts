/** Owns the kept models and everything that is downloaded; runs no tower and sees no photo. */
import { expose } from 'comlink';
import { addCheckpoint, questions } from './add-checkpoint';
import { listBuiltIn } from './built-in-models';
import { idOf } from './download-plan';
import { fetchModel, stopFetching } from './fetch-model';
import { inspect } from './inspect';
import { listKept, modelStore } from './kept-store';
import { holdLifeLock } from './life-lock';
import type { ModelsApi } from './models-api';
import { forgetExports, saveCheckpoint } from './save-checkpoint';
import { noneWithoutStorage, storageUse } from './storage-use';

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
