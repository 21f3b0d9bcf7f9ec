/**
 * What a photo is, and what each event makes of it. This file decides; the page and the library's worker ask it.
 *
 * | state | how it is told | shown | found by search |
 * |---|---|---|---|
 * | to be indexed | shown, and the model in use has no row of its content | yes | not yet |
 * | indexed | shown, and the model in use has one | yes | yes |
 * | out of reach | to be indexed, and tried in this visit without success; never stored | yes | not yet |
 * | bad | `bad`: its own bytes are no picture | no, listed as skipped | no |
 * | hidden | `hidden`: removed by the user, from a folder that can be given again | no | no |
 *
 * | event | to be indexed, out of reach | indexed | bad | hidden |
 * |---|---|---|---|---|
 * | found again: dropped, folder read, access granted, drive back | indexed now | – | – | – |
 * | chosen again by itself | indexed now | – | read again | shown, read again |
 * | found with another time, same length | read | contents compared | read again | contents compared |
 * | found with another length | read | read as another picture | read again | shown as another picture |
 * | compared: the same content | – | keeps its row | – | stays hidden |
 * | compared: another content | – | read as another picture | – | shown as another picture |
 * | not found in a folder that was read completely | forgotten | forgotten | forgotten | forgotten |
 * | folder unreadable, or without any file | stays | stays | stays | stays |
 * | reading fails for want of anything else | out of reach | – | – | – |
 * | reading fails by its own bytes | bad | – | – | – |
 * | another model, next visit, "Try again" | indexed now | its rows decide | – | – |
 * | visit ends in the middle | as stored: indexed now | – | – | – |
 * | second tab | has a library of its own in memory, and changes none of this | | | |
 *
 * Why only its own bytes make a photo bad: that is stored, and holds for every model and visit. A drive that is away, a
 * file that another program holds, memory that runs out or a worker that dies says nothing of the photo, and passes.
 *
 * Why by content: a row belongs to the file's digest. So a photo that was moved, copied, dated anew or brought back
 * finds its row again, and nothing is embedded twice.
 */
import type { FailureName } from '../core/failure';
import { readingOf } from './reading';
import type { PhotoRecord, Reading } from './records';

/** Shown, removed by the user, or no picture by its own bytes. */
export type PhotoState = 'shown' | 'hidden' | 'bad';

/** A photo's state. A removed photo is 'hidden' even if it is bad. */
export function stateOf({ hidden, bad }: Pick<PhotoRecord, 'id' | 'hidden' | 'bad'>): PhotoState {
  if (hidden) return 'hidden';
  return bad === undefined ? 'shown' : 'bad';
}

/** Whether a photo was read and is shown. */
export function isRead(photo: PhotoRecord): photo is PhotoRecord & Reading {
  const { key, width, height } = photo;
  const wasRead = key !== undefined && width !== undefined && height !== undefined;
  return wasRead && stateOf(photo) === 'shown';
}

/** What a file is that was found at its place: `touched` needs its content compared. */
export type ArrivalKind = 'new' | 'changed' | 'known' | 'touched' | 'hidden' | 'bad';

type Stat = Pick<PhotoRecord, 'bytes' | 'modified'>;

/**
 * What a found file is to the photo known at its place.
 * @param isChosen whether the user chose this very file, not a folder it lies in
 */
export function arrivalOf(before: PhotoRecord | undefined, found: Stat, isChosen: boolean): ArrivalKind {
  if (!before) return 'new';
  const state = stateOf(before);
  if (before.bytes !== found.bytes) return 'changed';
  if (before.modified === found.modified) {
    if (isChosen && state !== 'shown') return state === 'hidden' ? 'new' : 'changed';
    return state === 'shown' ? 'known' : state;
  }
  if (before.key !== undefined && state !== 'bad') return 'touched';
  // A removed photo that was never read: there is no content to compare.
  return state === 'hidden' ? 'hidden' : 'changed';
}

/** Whether a failure to prepare a photo is one of its own bytes. */
export function isOfBytes(name: FailureName | undefined): boolean {
  return name?.startsWith('Picture') === true;
}

/** Whether the content of a read photo has changed or must be read again, so that its rows are invalid. */
export function hasNewContent(
  before: Pick<PhotoRecord, 'id' | 'key'> | undefined,
  now: Pick<PhotoRecord, 'id' | 'key'>,
): boolean {
  return before?.key !== undefined && before.key !== now.key;
}

/**
 * A photo's record to be kept in place of the one before: with what was read of this very file meanwhile.
 *
 * Why: a photo may be moved or renamed while it is read, by a record that was made before it was.
 */
export function withReading(now: PhotoRecord, before: PhotoRecord | undefined): PhotoRecord {
  const isSameFile = before?.bytes === now.bytes && before.modified === now.modified;
  if (now.key !== undefined || !isSameFile || !isRead(before)) return now;
  return { ...now, ...readingOf(before, now.id) };
}
