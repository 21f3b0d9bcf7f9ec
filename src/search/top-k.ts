/** A photo and its score. */
export interface Scored {
  readonly id: number;
  readonly score: number;
}

/** The photos that may match: a set of ids, or anything with `has`. */
export interface Subset {
  has(id: number): boolean;
}

/**
 * The exact `k` best of a stream of scores: by score descending, then by id ascending; fewer if there are fewer.
 * Ignores NaN scores and, if a subset `among` is given, ids outside it. Ids must be distinct.
 */
// Why a heap with the worst at its root: almost every score of a large library loses to the root in one comparison, so
// for any practical k the cost is one pass over the scores. The subset is only asked about scores that do not lose.
export class TopK {
  readonly #k: number;
  readonly #among: Subset | undefined;
  readonly #heap: Scored[] = [];

  constructor(k: number, among?: Subset) {
    this.#k = k;
    this.#among = among;
  }

  /** The minimum score to be among the best so far: -Infinity while there are fewer than `k`. */
  get floor(): number {
    return this.#heap.length < this.#k ? -Infinity : (this.#heap[0]?.score ?? Infinity);
  }

  /** Adds the first `count` of `scores` (default: all); `ids[i]` belongs to `scores[i]`. */
  add(ids: ArrayLike<number>, scores: ArrayLike<number>, count = scores.length): void {
    let { floor } = this;
    for (let i = 0; i < count; i++) {
      const score = scores[i]!;
      // False for NaN too.
      if (!(score >= floor)) continue;
      this.offer(ids[i]!, score);
      floor = this.floor;
    }
  }

  /** Adds one score. */
  offer(id: number, score: number): void {
    const heap = this.#heap;
    if (!(score >= this.floor) || this.#among?.has(id) === false) return;
    const one = { id, score };
    if (heap.length < this.#k) {
      heap.push(one);
      rise(heap);
    } else if (heap[0] && isWorse(heap[0], one)) {
      heap[0] = one;
      sink(heap);
    }
  }

  /** The best so far, in order. */
  sorted(): Scored[] {
    return this.#heap.toSorted((a, b) => (isWorse(a, b) ? 1 : -1));
  }
}

/** Whether `a` ranks below `b`. */
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

/** Swaps a child with its parent if the child is worse; returns whether it did. */
function swapIfWorse(heap: Scored[], child: number, parent: number): boolean {
  const [a, b] = [heap[child], heap[parent]];
  if (!a || !b || !isWorse(a, b)) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
