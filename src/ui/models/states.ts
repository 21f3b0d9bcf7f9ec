import type { ClipApi } from '../../../workers/api';
import type { FetchRequest, ModelsApi } from '../../../workers/models-api';
import type { Notices } from '../kit/notices.svelte';
import { requestOf } from './fetch-again';
import { Downloads } from './hub/downloads.svelte';
import { Hub, type HubParts } from './hub/hub.svelte';
import { CheckpointExport, type CheckpointExportParts } from './kept/checkpoint-export.svelte';
import { CheckpointImport, type CheckpointImportParts } from './kept/checkpoint-import.svelte';
import { KeptModels, type KeptModelsParts } from './kept/kept-models.svelte';
import { ModelArrivals, type ModelArrivalsParts } from './model-arrivals';
import { baseId } from '../../core/model-id';
import type { ModelsParts } from './models-parts';
import { Models } from './models.svelte';

export interface ModelStatesParts
  extends
    Pick<ModelsParts, 'onChange' | 'stopClip'>,
    Pick<KeptModelsParts, 'persist'>,
    Pick<ModelArrivalsParts, 'onForget'>,
    Pick<HubParts, 'allowHosts' | 'memory' | 'origin'>,
    Pick<CheckpointImportParts, 'pickFolder' | 'onAsk'>,
    Pick<CheckpointExportParts, 'pickTarget' | 'handOver'> {
  readonly workers: { readonly clip: Pick<ClipApi, 'load' | 'unload'>; readonly models: ModelsApi };
  /** Ends the models worker and everything it is doing. */
  readonly stopModels: () => void;
  readonly notices: Notices;
  /** A checkpoint of the user's own was added. */
  readonly onKept: () => void;
}

/** The states of models: the current one, those on this device, and how they are added and removed. */
export function modelStates(parts: ModelStatesParts) {
  const { workers, onKept, onForget } = parts;
  const keptModels: KeptModels = new KeptModels({
    ...parts,
    models: workers.models,
    release: async (id) => {
      const afterwards = await models.release(id);
      onForget(id);
      return afterwards;
    },
  });
  const models = new Models({
    ...parts,
    clip: workers.clip,
    keptModels,
    nameOf: (id) => downloads.get(baseId(id))?.request.name,
    fetchAgain: async (model) => {
      const request = await requestOf(model, (repository) => hub.source(repository), workers.models);
      return request && (() => void bringBack(model.id, request));
    },
  });
  async function bringBack(id: string, request: FetchRequest): Promise<void> {
    await keptModels.remove(id);
    await hub.reach(request.source);
    await downloads.start(request);
  }
  const arrivals = new ModelArrivals({ ...parts, models, keptModels });
  const downloads: Downloads = new Downloads({
    ...parts,
    models: workers.models,
    choices: () => models.choices,
    onGone: (id) => void arrivals.gone(id),
    onEnd: (model, download) => void arrivals.arrived(model, download),
  });
  const restartModels = () => {
    downloads.restarting();
    parts.stopModels();
  };
  const checkpointImport = new CheckpointImport({
    ...parts,
    models: workers.models,
    restartModels,
    onEnd: (model) => {
      onKept();
      void arrivals.kept(model);
    },
  });
  const checkpointExport = new CheckpointExport({ ...parts, models: workers.models, restartModels });
  const hub: Hub = new Hub({
    ...parts,
    models: workers.models,
    // A download resumes by itself; anything else would be lost.
    restartModels: () => {
      if (checkpointImport.status.phase === 'working' || checkpointExport.work) return false;
      restartModels();
      return true;
    },
  });
  return { keptModels, models, downloads, hub, checkpointImport, checkpointExport };
}
