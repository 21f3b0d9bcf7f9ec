import type { Photo } from '../photos/photo';

export const ORIENTATIONS = ['landscape', 'portrait', 'square'] as const;

export type Orientation = (typeof ORIENTATIONS)[number];

/** Which photos are looked at: those for which all that is given holds. */
export interface PhotoFilter {
  /** The id of the folder it came with. */
  readonly folder?: number;
  /** It was taken on this day or later, `YYYY-MM-DD`. */
  readonly from?: string;
  /** It was taken on this day or earlier, `YYYY-MM-DD`. */
  readonly to?: string;
  readonly orientation?: Orientation;
}

/** Sides that differ by less than this part are square to the eye. */
const SQUARE = 0.03;

const DAY = 86_400_000;

/**
 * When a photo was taken, by its camera's clock; when its file was last changed, by this device's clock, where that is
 * not known. Milliseconds as if the clock showed UTC.
 */
export function dateOf({ taken, modified }: Pick<Photo, 'taken' | 'modified'>): number {
  return taken ?? modified - new Date(modified).getTimezoneOffset() * 60_000;
}

/** Undefined as long as the size is not known. */
export function orientationOf({ size }: Pick<Photo, 'size'>): Orientation | undefined {
  if (!size) return undefined;
  const { width, height } = size;
  if (Math.abs(width - height) < SQUARE * Math.max(width, height)) return 'square';
  return width > height ? 'landscape' : 'portrait';
}

/** What tells whether a photo passes. One that is not read yet passes nothing that only its content tells. */
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

/** Whether a filter lets everything through. */
export function isOpen(filter: PhotoFilter): boolean {
  return Object.values(filter).every((part) => part === undefined);
}
