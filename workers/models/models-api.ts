import type { ModelsApi } from '../models-api';
import { listBuiltIn, type FetchOwn } from '../sources/built-in-models';
import { listKept } from '../sources/kept-store';
import { addCheckpoint, questions } from './add-checkpoint';
import { idOf } from './download-plan';
import { createFetching } from './fetch-model';
import { inspect } from './inspect';
import type { ModelsParts } from './parts';
import { listDataset, readDataset } from './remote-dataset';
import { saveCheckpoint } from './save-checkpoint';
import { noneWithoutStorage, storageUse } from './storage-use';

/**
 * The models worker's API, on the storage and network given by `parts`.
 * @param fetchOwn fetches the built-in models; default: from the page's own server
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
    listDataset: (hub, repository) => listDataset(parts, hub, repository),
    readDataset: (dataset, file, start, end) => readDataset(parts, dataset, file, start, end),
  };
}
