import type { PhotoKey } from '../core/photo-key';

/** What the user said about the labels of a photo. It holds for its content, and so for every copy and every model. */
export interface PhotoLabels {
  /** Labels that are right, in the order in which they were given. */
  readonly accepted: readonly string[];
  /** Labels that are wrong. */
  readonly rejected: readonly string[];
  /** Labels kept from a model's answers, which the user has not looked at one by one. */
  readonly suggested: readonly string[];
}

/** Changes by content key; undefined removes what was said of a photo. */
export type LabelChanges = ReadonlyMap<PhotoKey, PhotoLabels | undefined>;

const NONE: PhotoLabels = { accepted: [], rejected: [], suggested: [] };

/** With `label` as a right one. */
export function accept(before: PhotoLabels | undefined, label: string): PhotoLabels {
  const others = without(before, label);
  const { accepted = [] } = before ?? {};
  return { ...others, accepted: accepted.includes(label) ? accepted : [...accepted, label] };
}

/** With `label` as a wrong one. */
export function reject(before: PhotoLabels | undefined, label: string): PhotoLabels {
  const others = without(before, label);
  return { ...others, rejected: [...others.rejected, label] };
}

/** With nothing said of `label`; undefined if nothing is left. */
export function withdraw(before: PhotoLabels | undefined, label: string): PhotoLabels | undefined {
  const left = without(before, label);
  return Object.values(left).some((labels: readonly string[]) => labels.length > 0) ? left : undefined;
}

/** With `label` as a suggested one, unless something is said of it. */
export function suggest(before: PhotoLabels | undefined, label: string): PhotoLabels {
  const now = before ?? NONE;
  return Object.values(now).some((labels: readonly string[]) => labels.includes(label))
    ? now
    : { ...now, suggested: [...now.suggested, label] };
}

/** The labels that a photo is found by: those that are right, those that are suggested, and its file's keywords. */
export function namesOf(said: PhotoLabels | undefined, keywords?: readonly string[]): readonly string[] {
  const { accepted, suggested } = said ?? NONE;
  const left = keywordsLeft(said, keywords);
  return suggested.length + left.length === 0 ? accepted : [...accepted, ...suggested, ...left];
}

/** Keywords of a photo's file of which the user has said nothing, ignoring case. */
export function keywordsLeft(
  said: PhotoLabels | undefined,
  keywords: readonly string[] = [],
): readonly string[] {
  if (!said || keywords.length === 0) return keywords;
  const known = new Set(Object.values(said).flatMap((list: readonly string[]) => list.map(folded)));
  return keywords.filter((keyword) => !known.has(folded(keyword)));
}

function folded(label: string): string {
  return label.toLowerCase();
}

function without(before: PhotoLabels = NONE, label: string): PhotoLabels {
  const rest = (labels: readonly string[]) => labels.filter((one) => one !== label);
  return {
    accepted: rest(before.accepted),
    rejected: rest(before.rejected),
    suggested: rest(before.suggested),
  };
}
