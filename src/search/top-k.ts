/** A photo and how well it matches. */
export interface Scored {
  readonly id: number;
  readonly score: number;
}

/**
 * The `k` best of `scores`, exact: by score, falling, then by id, rising. Fewer when there are fewer. A score that is
 * not a number is no match and is left out. `ids[i]` belongs to `scores[i]`; ids differ from each other.
 */
// Why a heap with the worst at its root: almost every score of a large library loses against the root in one
// comparison, so the cost is one pass over the scores whatever k is in practice.
export function topK(ids: ArrayLike<number>, scores: ArrayLike<number>, k: number): Scored[] {
  const heap: Scored[] = [];
  for (let i = 0; i < scores.length; i++) {
    const id = ids[i] ?? 0;
    const score = scores[i] ?? NaN;
    if (Number.isNaN(score)) continue;
    if (heap.length < k) {
      heap.push({ id, score });
      rise(heap);
      continue;
    }
    const worst = heap[0];
    if (worst && (score > worst.score || (score === worst.score && id < worst.id))) {
      heap[0] = { id, score };
      sink(heap);
    }
  }
  return heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
}

/** Whether `a` comes after `b` in an answer. */
function isWorse(a: Scored, b: Scored): boolean {
  return a.score < b.score || (a.score === b.score && a.id > b.id);
}

/** Moves the last entry up until its parent is worse. In place. */
function rise(heap: Scored[]): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfWorse(heap, child, parent)) return;
    child = parent;
  }
}

/** Moves the root down until both its children are better. In place. */
function sink(heap: Scored[]): void {
  for (let parent = 0; ;) {
    const [left, right] = [2 * parent + 1, 2 * parent + 2];
    const [a, b] = [heap[left], heap[right]];
    if (!a) return;
    const worse = b && isWorse(b, a) ? right : left;
    if (!swapIfWorse(heap, worse, parent)) return;
    parent = worse;
  }
}

/** Swaps a child with its parent when it is the worse one; says whether it did. */
function swapIfWorse(heap: Scored[], child: number, parent: number): boolean {
  const [a, b] = [heap[child], heap[parent]];
  if (!a || !b || !isWorse(a, b)) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
