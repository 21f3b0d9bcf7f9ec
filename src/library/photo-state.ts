import type { PhotoRecord, Reading } from './records';

/** Shown, removed by the user, or not readable as a picture. */
export type PhotoState = 'shown' | 'hidden' | 'faulty';

/** A photo's state. A removed photo is 'hidden' even if it has a fault. */
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

/** Whether a file is unchanged by length and date, so that its reading is still valid. */
export function isUnchanged(
  before: Pick<PhotoRecord, 'bytes' | 'modified'>,
  now: Pick<PhotoRecord, 'bytes' | 'modified'>,
): boolean {
  return before.bytes === now.bytes && before.modified === now.modified;
}

/** Whether the content of a read photo has changed or must be read again, so that its rows are invalid. */
export function hasNewContent(
  before: Pick<PhotoRecord, 'id' | 'key'> | undefined,
  now: Pick<PhotoRecord, 'id' | 'key'>,
): boolean {
  return before?.key !== undefined && before.key !== now.key;
}
