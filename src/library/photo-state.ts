import type { PhotoRecord, Reading } from './records';

/** Shown, taken out by the person, or of a file that cannot be read as a picture. */
export type PhotoState = 'shown' | 'hidden' | 'faulty';

/** What a photo is to the person. One that was taken out is 'hidden' even where it has a fault. */
export function stateOf({ hidden, fault }: Pick<PhotoRecord, 'id' | 'hidden' | 'fault'>): PhotoState {
  if (hidden) return 'hidden';
  return fault === undefined ? 'shown' : 'faulty';
}

/** Whether a photo was read and is shown. */
export function isRead(photo: PhotoRecord): photo is PhotoRecord & Reading {
  const { key, width, height } = photo;
  const wasRead = key !== undefined && width !== undefined && height !== undefined;
  return wasRead && stateOf(photo) === 'shown';
}

/** Whether a file is as it was, by its length and date: what was read of it holds. */
export function isUnchanged(
  before: Pick<PhotoRecord, 'bytes' | 'modified'>,
  now: Pick<PhotoRecord, 'bytes' | 'modified'>,
): boolean {
  return before.bytes === now.bytes && before.modified === now.modified;
}

/** Whether a photo that was read is of another content now, or of one yet to be read: its rows do not hold. */
export function hasNewContent(
  before: Pick<PhotoRecord, 'id' | 'key'> | undefined,
  now: Pick<PhotoRecord, 'id' | 'key'>,
): boolean {
  return before?.key !== undefined && before.key !== now.key;
}
