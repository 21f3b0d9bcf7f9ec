import { expect, it } from 'vitest';
import { mustBeGiven, notYetText, notYetTitle } from '../../../src/ui/indexing/not-yet-words';

const trip = { id: 1, name: 'trip', kind: 'listed', exclude: [] } as const;

it('says how many photos cannot be searched', () => {
  expect(
    notYetTitle([
      { folder: 1, reach: 'file', count: 1200 },
      { folder: 0, reach: 'again', count: 4 },
    ]),
  ).toBe('1,204 photos cannot be searched yet');
});

it.each([
  ['again', trip, '3 in trip: add the folder again, since this browser cannot open it by itself.'],
  [
    'again',
    undefined,
    '3 added without a folder: add them again, since this browser cannot open them by itself.',
  ],
  [
    'ask',
    undefined,
    '3 added without a folder: add them again, since this browser cannot open them by itself.',
  ],
  ['ask', trip, '3 in trip: the browser asks you before they may be read.'],
  [
    'again',
    { ...trip, kind: 'directory', handle: {} as FileSystemDirectoryHandle },
    '3 in trip: drop the folder here again, since this browser cannot open files of such names by itself.',
  ],
  [
    'memory',
    trip,
    '3 in trip: memory ran out, or a large picture is damaged. Close other tabs, or choose a smaller model.',
  ],
] as const)('says why, and what helps: %s', (reach, folder, text) => {
  expect(notYetText({ count: 3, reach }, folder)).toBe(text);
});

it.each([
  ['again', trip, true],
  ['again', undefined, true],
  ['ask', undefined, true],
  ['ask', trip, false],
  ['file', trip, false],
  ['network', undefined, false],
] as const)('knows whether trying once more can help: %s', (reach, folder, given) => {
  expect(mustBeGiven({ reach }, folder)).toBe(given);
});
