import type { Photo } from '../photos/photo';

export const ORIENTATIONS = ['landscape', 'portrait', 'square'] as const;

export type Orientation = (typeof ORIENTATIONS)[number];

/** A filter on photos; all given conditions must hold. */
export interface PhotoFilter {
  /** Id of the photo's folder. */
  readonly folder?: number;
  /** Taken on this day or later, `YYYY-MM-DD`. */
  readonly from?: string;
  /** Taken on this day or earlier, `YYYY-MM-DD`. */
  readonly to?: string;
  readonly orientation?: Orientation;
}

/** Photos whose sides differ by less than this fraction count as square. */
const SQUARE = 0.03;

const DAY = 86_400_000;

/**
 * When a photo was taken, by the camera's clock; if unknown, when its file was last modified, by this device's clock.
 * Milliseconds as if the clock showed UTC.
 */
export function dateOf({ taken, modified }: Pick<Photo, 'taken' | 'modified'>): number {
  return taken ?? modified - new Date(modified).getTimezoneOffset() * 60_000;
}

/** Undefined while the size is unknown. */
export function orientationOf({ size }: Pick<Photo, 'size'>): Orientation | undefined {
  if (!size) return undefined;
  const { width, height } = size;
  if (Math.abs(width - height) < SQUARE * Math.max(width, height)) return 'square';
  return width > height ? 'landscape' : 'portrait';
}

/** The cameras of photos, those of most photos first, then by name. Names that differ in capitals alone are one camera's. */
export function camerasOf(photos: readonly Pick<Photo, 'camera'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, { name: string; count: number }>();
  for (const { camera } of photos) {
    if (camera === undefined) continue;
    const found = counts.get(camera.toLowerCase());
    if (found) found.count++;
    else counts.set(camera.toLowerCase(), { name: camera, count: 1 });
  }
  const cameras = [...counts.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return new Map(cameras.map(({ name, count }) => [name, count]));
}

/** Returns a predicate for the filter. An unread photo fails conditions on its content. */
export function passing({ folder, from, to, orientation }: PhotoFilter): (photo: Photo) => boolean {
  const begin = from === undefined ? -Infinity : Date.parse(from);
  const end = to === undefined ? Infinity : Date.parse(to) + DAY;
  const isDated = from !== undefined || to !== undefined;
  return (photo) => {
    if (folder !== undefined && photo.folder !== folder) return false;
    if (orientation !== undefined && orientationOf(photo) !== orientation) return false;
    if (!isDated) return true;
    const date = dateOf(photo);
    return date >= begin && date < end;
  };
}

/** Whether a filter has no conditions. */
export function isOpen(filter: PhotoFilter): boolean {
  return Object.values(filter).every((part) => part === undefined);
}
