/** Multiples of the trained edge; outside this range resized positions are not worth trying. */
const RATIOS = [0.75, 1.25, 1.5, 2];

/** Minimum number of patches along an edge. */
const LEAST_PATCHES = 4;

/**
 * Selectable image edges in pixels, ascending, including the trained one: multiples of the patch size at a few ratios.
 * Only the trained one if pictures are not square or the patch size is unknown.
 */
export function imageEdges([height, width]: readonly [number, number], patch: number | undefined): number[] {
  if (patch === undefined || height !== width || width % patch !== 0) return [width];
  const others = RATIOS.map((ratio) => Math.round((width * ratio) / patch))
    .filter((patches) => patches >= LEAST_PATCHES)
    .map((patches) => patches * patch);
  return [...new Set([...others, width])].sort((a, b) => a - b);
}
