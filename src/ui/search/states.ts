import { Embedder, type EmbedderParts } from './embedder';
import { Search, type SearchParts } from './search.svelte';
import { UsualThreshold, type UsualThresholdParts } from './usual-threshold.svelte';

export type SearchStatesParts = EmbedderParts &
  Omit<SearchParts, 'embedder' | 'usualThreshold'> &
  Omit<UsualThresholdParts, 'embedder'>;

/** The states of search: the query embedder, the search, its results, and the photos it lists, for other pages. */
export function searchStates(parts: SearchStatesParts) {
  const embedder = new Embedder(parts);
  const usualThreshold = new UsualThreshold({ ...parts, embedder });
  const search = new Search({ ...parts, embedder, usualThreshold });
  const { results } = search;
  const listed = {
    get ids() {
      return results.ids;
    },
    widen() {
      search.clear();
      results.filterBy({});
    },
  };
  return { embedder, search, results, listed };
}
