import type { PhotoRecord, Reading } from './records';

/** What was read of a photo, for the photo `id` of the same content; undefined if it was not read. */
export function readingOf(
  { key, width, height, taken, camera, place, keywords }: PhotoRecord,
  id: number,
): Reading | undefined {
  if (key === undefined || width === undefined || height === undefined) return undefined;
  return {
    id,
    key,
    width,
    height,
    ...(taken !== undefined && { taken }),
    ...(camera !== undefined && { camera }),
    ...(place && { place }),
    ...(keywords && { keywords }),
  };
}
