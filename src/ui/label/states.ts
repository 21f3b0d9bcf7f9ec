import { Camera, type CameraParts } from './camera.svelte';
import { Labels, type LabelsParts } from './labels.svelte';
import { Learning, type LearningParts } from './learning.svelte';

export type LabelStatesParts = Omit<LabelsParts, 'learning'> &
  Omit<LearningParts, 'labels'> &
  Omit<CameraParts, 'labels'>;

/** The states of labels: what they learn, the labels, and the camera that they are shown for. */
export function labelStates(parts: LabelStatesParts) {
  const learning: Learning = new Learning({ ...parts, labels: () => labels.names });
  const labels: Labels = new Labels({ ...parts, learning });
  const camera = new Camera({ ...parts, labels });
  return { learning, labels, camera };
}
