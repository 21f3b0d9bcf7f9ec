/**
 * Queries for an empty search line, one for each thing a search can do: a thing, a colour and a thing, a count, a kind, and
 * a word to avoid.
 */
export type Suggestions = readonly [
  thing: string,
  coloured: string,
  counted: string,
  kind: string,
  without: string,
];

const OF_ALBUM: Suggestions = [
  'a cat',
  'a red apple',
  'two cats',
  'something to eat',
  'musical instruments -drum',
];

const OF_PHOTOS: Suggestions = ['a dog', 'a red car', 'two people', 'something to eat', 'the sea -people'];

/** @param hasAlbum the library holds the sample album */
export function suggestionsFor(hasAlbum: boolean): Suggestions {
  return hasAlbum ? OF_ALBUM : OF_PHOTOS;
}
