import type { ClipApi, ClipOptions, Decoding, LoadedModel, ModelSummary } from '../../../workers/api';
import type { Memory } from '../kit/memory';
import type { Notices } from '../kit/notices.svelte';
import type { KeptModels } from './kept/kept-models.svelte';

/** How near to the reference the user wants photos and models. */
export interface Exactness {
  readonly decoding: Decoding;
  readonly arithmetic: ClipOptions['arithmetic'];
}

/** What the state of the current model uses. */
export interface ModelsParts {
  readonly clip: Pick<ClipApi, 'load' | 'unload'>;
  readonly stopClip: () => void;
  readonly keptModels: Pick<KeptModels, 'list' | 'get' | 'refresh' | 'remove'>;
  /** The name of a model that is not listed yet. */
  readonly nameOf: (id: string) => string | undefined;
  /** How to delete a model and fetch it again; undefined if its origin is not known. */
  readonly fetchAgain: (model: ModelSummary) => Promise<(() => void) | undefined>;
  readonly notices: Notices;
  /** Where the model of the last visit is remembered. */
  readonly memory: Memory | undefined;
  /** Called when a model is ready, and when there is none any more. */
  readonly onChange: (loaded: LoadedModel | undefined) => void;
}
