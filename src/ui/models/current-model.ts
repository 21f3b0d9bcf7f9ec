import type { LoadedModel, ModelSummary } from '../../../workers/api';
import { failureName } from '../../core/failure';
import type { Notices } from '../kit/notices.svelte';
import type { ModelStatus } from './model-status';

/** Whose answers are shown, while another model was chosen. */
export interface Former {
  readonly of: string;
  /** The model that is to replace them; undefined if it stopped. */
  readonly until: string | undefined;
}

/** Tells whether answers made by the model `by` are those of a former one. */
export function formerOf(by: ModelSummary | undefined, status: ModelStatus): Former | undefined {
  if (!by || status.phase === 'none') return undefined;
  const { id, name } = status.phase === 'ready' ? status.loaded.summary : status;
  if (id === by.id) return undefined;
  return { of: by.name, until: status.phase === 'stopped' ? undefined : name };
}

/** `model` if its text tower has yet to arrive, so that texts cannot be encoded; else undefined. */
export function waitsForTexts(model: LoadedModel | undefined): LoadedModel | undefined {
  return model?.hasText === false ? model : undefined;
}

/**
 * Reports a failure of the current model. A lost device is passed to `onLost`; a worker's death is ignored, since the
 * watcher of the workers handles it and reopens the state.
 */
export function tellFailure(
  topic: string,
  error: unknown,
  to: { readonly notices: Pick<Notices, 'report'>; readonly onLost: (error: unknown) => void },
): void {
  const name = failureName(error);
  if (name === 'DeviceLost') to.onLost(error);
  else if (name !== 'WorkerDied') to.notices.report(topic, error);
}
