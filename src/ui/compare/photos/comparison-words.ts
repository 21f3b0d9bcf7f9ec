import { indexingText, percentText, plural } from '../../kit/words';
import { progressText } from '../../models/model-words';
import type { Column } from './column.svelte';
import type { ListOverlap } from './list-overlap';

/** What a column is at, in a word or two. */
export function phaseText({ phase, embedded, isCancelled }: Column): string {
  switch (phase) {
    case 'waiting':
      return 'Waiting for its turn';
    case 'loading':
      return 'Loading';
    case 'embedding':
      return 'Looking at the photos';
    case 'paused':
      return 'Paused';
    case 'failed':
      return 'Stopped';
    case 'ready':
      return isCancelled ? `${plural(embedded, 'photo')}, not all` : plural(embedded, 'photo');
  }
}

/** The work of the column whose turn it is, in a sentence. @param name of the column */
export function workText({ phase, progress, done, total, rate }: Column, name: string): string {
  if (phase === 'loading') return `${name} · ${progressText(progress)}`;
  const secondsLeft = rate ? (total - done) / rate : undefined;
  return `${name} · ${indexingText({ phase, done, total, rate, secondsLeft })}`;
}

/** "Both give 112 of 160 photos the same label (70.0%)". */
export function sameText(columns: number, share: number, photos: number): string {
  const same = plural(Math.round(share * photos), 'photo');
  const all = columns === 2 ? 'Both' : `All ${NUMBERS[columns] ?? columns}`;
  return `${all} give ${same} of ${photos} the same first label (${percentText(share)})`;
}

const NUMBERS: Readonly<Record<number, string>> = { 3: 'three', 4: 'four' };

/** "7 of 10 by clipscope-l and clipscope-m". */
export function overlapText(a: string, b: string, { shared, length }: ListOverlap['overlap']): string {
  return `${shared} of ${length} by ${a} and ${b}`;
}

/** "clipscope-m 2nd", "not by clipscope-m". @param place from 0; below 0 in none */
export function placeText(name: string, place: number): string {
  return place < 0 ? `not by ${name}` : `${name} ${['1st', '2nd', '3rd'][place] ?? `${place + 1}th`}`;
}

/** "clipscope-l and clipscope-m 78.1%". */
export function pairText(a: string, b: string, share: number): string {
  return `${a} and ${b} ${percentText(share)}`;
}
