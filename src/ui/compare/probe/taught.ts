import type { Memory } from '../../kit/memory';

const REMEMBERED = 'clipscope taught';

/** The classes that the user told of photos, by content key, as the last visit left them. */
export function readTaught(memory: Memory | undefined): ReadonlyMap<string, string> {
  try {
    const entries = Object.entries(JSON.parse(memory?.getItem(REMEMBERED) ?? '{}') as object);
    return new Map(entries.flatMap(([key, label]) => (typeof label === 'string' ? [[key, label]] : [])));
  } catch {
    // Another version's, or damaged: nothing is told.
    return new Map();
  }
}

/** Remembers them. */
export function writeTaught(memory: Memory | undefined, taught: ReadonlyMap<string, string>): void {
  if (taught.size === 0) memory?.removeItem(REMEMBERED);
  else memory?.setItem(REMEMBERED, JSON.stringify(Object.fromEntries(taught)));
}
