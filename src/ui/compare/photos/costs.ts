/** How long something took, over several runs, in milliseconds. */
export interface Times {
  readonly median: number;
  /** The middle half of the runs lies between them. */
  readonly quartiles: readonly [lower: number, upper: number];
  readonly runs: number;
}

/** What a model costs on this device, measured as the page waits for it. */
export interface Costs {
  /** A picture by itself. */
  readonly single: Times;
  /** A picture in the batch in which it takes the least. */
  readonly best: Times & { readonly batch: number };
  /** Photos from the file to the embedding, as indexing does it, of the sample. */
  readonly photosPerSecond: number;
  /** A text from the line to the matches. */
  readonly query: Times;
  /** Number of photos measured with. */
  readonly photos: number;
  /** Bytes of wasm memory taken by the model's worker. */
  readonly wasmBytes: number;
}

/** @param milliseconds of each run; at least one */
export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    runs: sorted.length,
  };
}

/** Linear between the two nearest, as in NumPy. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** Up to `count` of `items`, at even distances: the same whenever the items are. */
export function sampleOf<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
