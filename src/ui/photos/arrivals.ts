import { fileKind, SIGNATURE_BYTES } from '../../image/file-kind';
import { countText, plural } from '../kit/words';

/** Picture file names, for systems without media types. Unsupported formats are listed as skipped later. */
const PICTURE_NAME = /\.(avif|bmp|gif|heic|heif|ico|jfif|jpe|jpeg|jpg|jxl|png|svg|tif|tiff|webp)$/i;

/** A file and its path: folders and name separated by `/`. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
  /** Handle of a single file, if the browser provides one. */
  readonly handle?: FileSystemFileHandle;
  /** Its folder's handle leaves it out. */
  readonly isUnlisted?: true;
}

/** Whether a file is a picture, by type and name. */
export function isPicture({ type, name }: File): boolean {
  return type.startsWith('image/') || (type === '' && PICTURE_NAME.test(name));
}

/**
 * Whether a file is a picture by type and name, or else by its first bytes, whatever it is called: cameras, phones and web
 * sites leave the ending out or make up their own. Undefined for such a file that cannot be read now.
 */
export async function holdsPicture(file: File): Promise<boolean | undefined> {
  if (isPicture(file)) return true;
  if (/^(?:video|audio)\//.test(file.type)) return false;
  try {
    const head = await file.slice(0, SIGNATURE_BYTES).arrayBuffer();
    return fileKind(new Uint8Array(head)).isPicture === true;
  } catch {
    return undefined;
  }
}

/** Whether a file is an SVG drawing, by its type or, if the system knows none, its name. */
export function isDrawing({ type, name }: File): boolean {
  return type === 'image/svg+xml' || (type === '' && /\.svg$/i.test(name));
}

/** A consumer of non-picture files among those added together. */
export interface OtherFiles {
  /** Number of files it has taken. */
  readonly count: number;
  /** Offers a file; returns whether it was taken. */
  take(found: FoundFile): boolean;
  /** Called after all files; returns whether the taken ones are used. @param alone whether there was no new photo */
  end(alone: boolean): boolean;
}

/** Numbers of files in a folder or drop, by result. */
export interface ArrivalCounts {
  readonly added: number;
  /** Known photos whose file changed. */
  readonly changed: number;
  readonly already: number;
  /** Known photos whose file no longer exists. */
  readonly gone: number;
  readonly others: number;
  /** Files and folders that could not be read. */
  readonly unread: number;
}

/** "80 photos added · 2 changed · 3 already here · 1 gone · 12 other files left out". */
export function arrivalText({ added, changed, already, gone, others, unread }: ArrivalCounts): string {
  const parts = [
    added > 0 || changed + already + gone + others + unread === 0 ? `${plural(added, 'photo')} added` : '',
    changed > 0 ? `${countText(changed)} changed` : '',
    already > 0 ? `${countText(already)} already here` : '',
    gone > 0 ? `${countText(gone)} gone` : '',
    others > 0 ? `${plural(others, 'other file')} left out` : '',
    unread > 0 ? `${countText(unread)} could not be read` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}
