/** Of the trained edge; a tower of resized positions is worth trying between them. */
const RATIOS = [0.75, 1.25, 1.5, 2];

/** The fewest patches along an edge that still show anything. */
const LEAST_PATCHES = 4;

/**
 * Edges in pixels at which a tower can be run, rising, the trained one among them: multiples of the patch size at a few
 * ratios. Only the trained one where pictures are not square or the patch size is unknown.
 */
export function imageEdges([height, width]: readonly [number, number], patch: number | undefined): number[] {
  if (patch === undefined || height !== width || width % patch !== 0) return [width];
  const others = RATIOS.map((ratio) => Math.round((width * ratio) / patch))
    .filter((patches) => patches >= LEAST_PATCHES)
    .map((patches) => patches * patch);
  return [...new Set([...others, width])].sort((a, b) => a - b);
}
