/** Minimum length of a drawing's longer edge, in pixels: about twice most towers' input. */
const LONGER_EDGE = 512;

/** Maximum length of an edge, in pixels. */
const LONGEST_EDGE = 4096;

/**
 * The raster size of a drawing of `width` × `height` CSS pixels, with the same aspect ratio: at least 512 px on the
 * longer edge, at most 4,096. A drawing without a size (0 × 0) becomes a 512 px square.
 */
export function drawingSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: LONGER_EDGE, height: LONGER_EDGE };
  const longer = Math.max(width, height);
  const scale = Math.min(Math.max(LONGER_EDGE / longer, 1), LONGEST_EDGE / longer);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
