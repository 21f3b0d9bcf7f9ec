import type { LoadedModel } from '../../../workers/api';
import { failureName } from '../../core/failure';
import type { Notices } from '../kit/notices.svelte';

/** `model` where its text tower is still on its way, so that nothing can be done with texts; else undefined. */
export function waitsForTexts(model: LoadedModel | undefined): LoadedModel | undefined {
  return model?.hasText === false ? model : undefined;
}

/**
 * Tells of what failed with the model in use. A lost device is for whoever loads models; of a worker's death whoever
 * watches the workers knows, and the state is opened again for the next one.
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
