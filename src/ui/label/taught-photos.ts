import type { PhotoLabels } from '../../library/photo-labels';
import type { Photo } from '../photos/photo';

/** Photos of which the user said which labels are right or wrong, as far as it concerns the labels asked for. */
export interface TaughtPhotos {
  readonly ids: Int32Array<ArrayBuffer>;
  /** `[photos, labels]`, row-major: 1 where a label may be right. */
  readonly possible: Uint8Array<ArrayBuffer>;
}

/** Photos that labels learn from; of more, that many spread evenly. More would take long and tell little that is new. */
const MOST = 600;

/**
 * A photo with labels that are right may be one of them; one with wrong labels only, any of the others. What was suggested
 * and not looked at teaches nothing.
 */
export function taughtPhotos(
  photos: readonly Photo[],
  saidOf: (photo: Photo) => PhotoLabels | undefined,
  labels: readonly string[],
): TaughtPhotos {
  const all = photos.flatMap((photo) => {
    const marks = possibleLabels(saidOf(photo), labels);
    return marks ? [{ id: photo.id, marks }] : [];
  });
  const step = Math.max(1, all.length / MOST);
  const chosen = Array.from({ length: Math.min(all.length, MOST) }, (_, at) => all[Math.floor(at * step)]!);
  const possible = new Uint8Array(chosen.length * labels.length);
  for (const [at, { marks }] of chosen.entries()) possible.set(marks, at * labels.length);
  return { ids: Int32Array.from(chosen, ({ id }) => id), possible };
}

function possibleLabels(
  said: PhotoLabels | undefined,
  labels: readonly string[],
): readonly number[] | undefined {
  if (!said) return undefined;
  const marks = (isPossible: (label: string) => boolean) => labels.map((label) => Number(isPossible(label)));
  const right = marks((label) => said.accepted.includes(label));
  if (right.includes(1)) return right;
  // A right label that is not among these says that none of these is right.
  const rest = said.accepted.length > 0 ? [] : marks((label) => !said.rejected.includes(label));
  return rest.includes(0) && rest.includes(1) ? rest : undefined;
}
