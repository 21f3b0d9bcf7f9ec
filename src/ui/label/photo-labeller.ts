import type { LibraryApi } from '../../../workers/api';
import type { Embeddings } from '../../core/unit-rows';
import { MOST_LABELS, type NearestLabels } from './label-answers.svelte';

/**
 * Multiplications of a slice: 50 ms of the library worker's thread, so that a search passes between two, and the first
 * photos are answered before the rest are asked for.
 */
const A_SLICE = 2 ** 26;

/**
 * Asks which labels fit photos, slice by slice, in their order.
 * @param rows one of each label, in order
 * @param onSlice told of what was found, and of the photos asked so far; false: the rest is not wanted
 * @returns whether all were asked
 * @throws as `LibraryApi.nearestQueries`
 */
export async function labelPhotos(
  library: Pick<LibraryApi, 'nearestQueries'>,
  rows: Embeddings,
  logitScale: number,
  photos: Int32Array,
  onSlice: (found: NearestLabels, asked: number) => boolean,
): Promise<boolean> {
  const slice = Math.max(1, Math.floor(A_SLICE / (rows.count * rows.dim)));
  for (let first = 0; first < photos.length; first += slice) {
    const ids = photos.slice(first, first + slice);
    const found = await library.nearestQueries(rows, ids, MOST_LABELS, logitScale);
    if (!onSlice(found, first + ids.length)) return false;
  }
  return true;
}
