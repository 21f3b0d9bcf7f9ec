import * as v from 'valibot';
import { listOf, readAs, recordOf, size, text } from '../../core/schema';
import { scoreText } from '../kit/words';
import { ORDERS, type Order } from './order';
import { ORIENTATIONS } from './photo-filter';

/** A search, and how its results are shown, under a name. */
export type SavedSearch = v.InferOutput<typeof savedSearch>;

const savedSearch = recordOf({
  name: text,
  /** What the search line has. */
  line: v.string(),
  /** The photos of the library among its example pictures. */
  like: listOf(recordOf({ kind: v.literal('photo'), id: size, name: text })),
  filter: recordOf({
    folder: v.exactOptional(size),
    from: v.exactOptional(text),
    to: v.exactOptional(text),
    orientation: v.exactOptional(v.picklist(ORIENTATIONS)),
  }),
  order: v.picklist(ORDERS),
  /** The least cosine that is shown; absent: the usual one. */
  least: v.exactOptional(v.union([v.number(), v.literal('all')])),
});

/** Searches read back from storage, without those that are not as they were written. */
export function readSearches(value: unknown): readonly SavedSearch[] {
  return Array.isArray(value) ? value.flatMap((one) => readAs(savedSearch, one) ?? []) : [];
}

const ORDER_WORDS: Readonly<Record<Order, string>> = {
  match: '',
  newest: 'newest first',
  oldest: 'oldest first',
  name: 'by name',
};

/** "two cats · like a.jpg · from 2024-01-01 · landscape · newest first · from 0.250". @param folder its name, if it has one */
export function searchText(search: Omit<SavedSearch, 'name'>, folder: string | undefined): string {
  const { line, like, filter, order, least } = search;
  const { from, to, orientation } = filter;
  const parts = [
    line.trim(),
    like.length > 0 && `like ${like.map(({ name }) => name).join(' and ')}`,
    folder !== undefined && `in ${folder}`,
    from !== undefined && `since ${from}`,
    to !== undefined && `until ${to}`,
    orientation,
    ORDER_WORDS[order],
    least === 'all' ? 'all results' : least !== undefined && `from ${scoreText(least)}`,
  ];
  return parts.filter(Boolean).join(' · ') || 'all photos';
}
