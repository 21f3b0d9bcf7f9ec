/** A photo and how well it matches. */
export interface Scored {
  readonly id: number;
  readonly score: number;
}

/** Says which photos may match: a set of ids, or anything that answers like one. */
export interface Subset {
  has(id: number): boolean;
}

/**
 * The `k` best of scores that come piece by piece, exact: by score, falling, then by id, rising. Fewer when there are
 * fewer. A score that is not a number is no match and is left out, as is an id that is not `among` the subset, where
 * one is given. Ids differ from each other.
 */
// Why a heap with the worst at its root: almost every score of a large library loses against the root in one
// comparison, so the cost is one pass over the scores whatever k is in practice. The subset is asked only about those
// that do not lose.
export class TopK {
  readonly #k: number;
  readonly #among: Subset | undefined;
  readonly #heap: Scored[] = [];

  constructor(k: number, among?: Subset) {
    this.#k = k;
    this.#among = among;
  }

  /** What a score has to reach to be among the best so far: -Infinity as long as these are fewer than `k`. */
  get floor(): number {
    return this.#heap.length < this.#k ? -Infinity : (this.#heap[0]?.score ?? Infinity);
  }

  /** Takes the first `count` of `scores`, all unless given; `ids[i]` belongs to `scores[i]`. */
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

  /** Takes one score. */
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
