import type { LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import type { Notices } from '../kit/notices.svelte';

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
