import type { ModelsApi } from '../models-api';
import { listBuiltIn, type FetchOwn } from '../sources/built-in-models';
import { listKept } from '../sources/kept-store';
import { addCheckpoint, questions } from './add-checkpoint';
import { idOf } from './download-plan';
import { createFetching } from './fetch-model';
import { inspect } from './inspect';
import type { ModelsParts } from './parts';
import { saveCheckpoint } from './save-checkpoint';
import { noneWithoutStorage, storageUse } from './storage-use';

/**
 * What the models worker answers, with whatever storage and network `parts` has.
 * @param fetchOwn how the built-in models are fetched; absent: from the page's own server
 */
export function createModelsApi(parts: ModelsParts, fetchOwn?: FetchOwn): ModelsApi {
  const { models } = parts;
  const { fetchModel, stopFetching, interruptedDownloads } = createFetching(parts);
  return {
    list: async () => [
      ...(await listBuiltIn(fetchOwn)),
      ...(await models().then(listKept).catch(noneWithoutStorage)),
    ],
    inspect: (source) => inspect(parts, source),
    fetchModel,
    stopFetching,
    idOf,
    questions,
    addCheckpoint: (files, onProgress) => addCheckpoint(parts, files, onProgress),
    removeModel: async (id) => (await models()).remove(id),
    saveCheckpoint: (id, dtype, folder, onProgress) => saveCheckpoint(parts, id, dtype, folder, onProgress),
    storage: () => storageUse(parts, interruptedDownloads),
  };
}
