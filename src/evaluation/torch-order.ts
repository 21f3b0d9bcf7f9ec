/**
 * The order in which PyTorch puts scores, on a CPU, equal ones included.
 *
 * Why PyTorch's own: published figures count what `torch.topk` and `torch.sort` return, and neither keeps equal scores
 * in their order. Equal scores are no rarity: two classes of ImageNet have the name of another, captions occur twice,
 * and negative cosines are cut to 0. With any other rule such pictures would count otherwise than in the reference.
 * PyTorch 2.13 sorts with GCC's standard library (`TopKImpl.h`, `SortingKernel.cpp`): introsort, introselect and a heap,
 * whose every exchange is determined, so this file makes the same ones. `argmax` alone takes the first of equal scores.
 */

/** Parts no longer than this are sorted by insertion. */
const SHORT = 16;

/** `torch.topk` takes a heap if the scores are this many times `k`, else it divides them. */
const HEAP_FROM = 64;

/**
 * The indices of the `k` highest scores as `torch.topk(scores, k)` gives them.
 * @throws RangeError if there are fewer than `k`, as in PyTorch
 */
export function topK(scores: ArrayLike<number>, k: number): Uint32Array {
  if (!(k <= scores.length)) throw new RangeError(`There are no ${k} best of ${scores.length}`);
  const order = new Order(scores);
  if (k === 0) return order.places;
  if (k * HEAP_FROM <= scores.length) {
    order.heapSort(0, k, scores.length);
  } else {
    order.select(0, k - 1, scores.length);
    order.sort(0, k - 1);
  }
  return order.places.subarray(0, k);
}

/** The indices of all scores as `torch.sort(scores, descending=True)` gives them. */
export function descending(scores: ArrayLike<number>): Uint32Array {
  const order = new Order(scores);
  order.sort(0, scores.length);
  return order.places;
}

/** Indices while they are put in descending order of their scores. Ranges exclude their end. */
class Order {
  readonly places: Uint32Array;
  readonly #scores: ArrayLike<number>;

  constructor(scores: ArrayLike<number>) {
    this.#scores = scores;
    this.places = Uint32Array.from({ length: scores.length }, (_, index) => index);
  }

  /** Introsort (`std::sort`). */
  sort(first: number, end: number): void {
    if (first === end) return;
    this.#divideAll(first, end, divisions(end - first));
    for (let at = first + 1; at < end; at++) {
      const low = at < first + SHORT ? first : undefined;
      this.#insert(at, low);
    }
  }

  /** Introselect (`std::nth_element`): puts in `place` what belongs there, and before it what does not come after it. */
  select(first: number, place: number, end: number): void {
    for (let left = divisions(end - first); end - first > 3; left--) {
      if (left === 0) {
        this.#heapSelect(first, place + 1, end);
        this.#swap(first, place);
        return;
      }
      const cut = this.#divide(first, end);
      if (cut <= place) first = cut;
      else end = cut;
    }
    for (let at = first + 1; at < end; at++) this.#insert(at, first);
  }

  /** The first `middle - first` of the range in order, by a heap (`std::partial_sort`). */
  heapSort(first: number, middle: number, end: number): void {
    this.#heapSelect(first, middle, end);
    for (let last = middle - 1; last > first; last--) this.#popHeap(first, last, last);
  }

  #divideAll(first: number, end: number, left: number): void {
    for (; end - first > SHORT; left--) {
      if (left === 0) {
        this.heapSort(first, end, end);
        return;
      }
      const cut = this.#divide(first, end);
      this.#divideAll(cut, end, left - 1);
      end = cut;
    }
  }

  /** Divides a range by the median of three of it, and returns where the second part begins. */
  #divide(first: number, end: number): number {
    const [a, b, c] = [first + 1, first + ((end - first) >> 1), end - 1];
    const [high, low] = this.#isBefore(a, b) ? [a, b] : [b, a];
    const median = this.#isBefore(low, c) ? low : this.#isBefore(high, c) ? c : high;
    this.#swap(first, median);
    const pivot = this.#score(first);
    let [left, right] = [first + 1, end];
    for (;;) {
      while (this.#score(left) > pivot) left++;
      right--;
      while (pivot > this.#score(right)) right--;
      if (left >= right) return left;
      this.#swap(left, right);
      left++;
    }
  }

  /** Moves the entry at `at` up before all lower ones. With `low`, an entry that belongs there goes to it at once. */
  #insert(at: number, low: number | undefined): void {
    const moved = this.places[at]!;
    const score = this.#scores[moved]!;
    let to = at;
    if (low !== undefined && score > this.#score(low)) {
      this.places.copyWithin(low + 1, low, at);
      to = low;
    } else {
      for (; score > this.#score(to - 1); to--) this.places[to] = this.places[to - 1]!;
    }
    this.places[to] = moved;
  }

  #heapSelect(first: number, middle: number, end: number): void {
    for (let hole = ((middle - first - 2) >> 1) + 1; hole-- > 0;) {
      this.#sink(first, hole, middle - first, this.places[first + hole]!);
    }
    for (let at = middle; at < end; at++) if (this.#isBefore(at, first)) this.#popHeap(first, middle, at);
  }

  /** Moves the heap's root, its lowest entry, to `to`, and the entry from there into the heap. */
  #popHeap(first: number, end: number, to: number): void {
    const moved = this.places[to]!;
    this.places[to] = this.places[first]!;
    this.#sink(first, 0, end - first, moved);
  }

  /** Lets a hole of the heap sink to the bottom, past the lower child each time, and `entry` rise from there. */
  #sink(first: number, top: number, length: number, entry: number): void {
    const { places } = this;
    let hole = top;
    for (let right = 2 * hole + 2; right <= length; right = 2 * hole + 2) {
      const isAlone = right === length;
      const child = isAlone || this.#isBefore(first + right, first + right - 1) ? right - 1 : right;
      places[first + hole] = places[first + child]!;
      hole = child;
    }
    const score = this.#scores[entry]!;
    while (hole > top) {
      const parent = (hole - 1) >> 1;
      if (!(this.#score(first + parent) > score)) break;
      places[first + hole] = places[first + parent]!;
      hole = parent;
    }
    places[first + hole] = entry;
  }

  #score(place: number): number {
    return this.#scores[this.places[place]!]!;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#score(a) > this.#score(b);
  }

  #swap(a: number, b: number): void {
    const moved = this.places[a]!;
    this.places[a] = this.places[b]!;
    this.places[b] = moved;
  }
}

/** How often a range is divided before a heap takes over: twice the whole part of its binary logarithm. */
function divisions(length: number): number {
  return 2 * (31 - Math.clz32(length));
}
