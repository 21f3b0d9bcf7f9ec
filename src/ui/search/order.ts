import type { Photo } from '../photos/photo';
import { dateOf } from './photo-filter';

/** `match`: best match first; without a query, in order of arrival. */
export const ORDERS = ['match', 'newest', 'oldest', 'name'] as const;

export type Order = (typeof ORDERS)[number];

/** Entries in an order; those that are alike stay as they are, or are in order of arrival. */
export function inOrder<Entry extends { readonly photo: Photo }>(
  entries: readonly Entry[],
  order: Order,
): readonly Entry[] {
  if (order === 'match') return entries;
  if (order === 'name') {
    return entries
      .map((entry) => ({ entry, name: nameKey(entry.photo.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.entry.photo.id - b.entry.photo.id))
      .map(({ entry }) => entry);
  }
  const sign = order === 'newest' ? -1 : 1;
  return entries
    .map((entry) => ({ entry, date: dateOf(entry.photo) }))
    .sort((a, b) => sign * (a.date - b.date) || a.entry.photo.id - b.entry.photo.id)
    .map(({ entry }) => entry);
}

/** Puts "IMG_9" before "img_10": capitals and leading zeros do not count. */
// Why not Intl.Collator: it takes a second for a hundred thousand names, and photos arrive while the page is in use.
function nameKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(12, '0'));
}
