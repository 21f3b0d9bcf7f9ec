import { countText, plural } from '../kit/words';

/** Pictures by name, for systems that know no type for them. Formats no browser reads are listed as skipped later. */
const PICTURE_NAME = /\.(avif|bmp|gif|heic|heif|ico|jfif|jpe|jpeg|jpg|jxl|png|svg|tif|tiff|webp)$/i;

/** A file and where it lies: folders and name with `/` between. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
  /** Of a file given by itself, where the browser hands such out. */
  readonly handle?: FileSystemFileHandle;
}

/** Tells pictures from everything else, by type and name. */
export function isPicture({ type, name }: File): boolean {
  return type.startsWith('image/') || (type === '' && PICTURE_NAME.test(name));
}

/** Whoever has a use for files that are no pictures, among those that are given together. */
export interface OtherFiles {
  /** How many files it has taken. */
  readonly count: number;
  /** Takes a file; whether it may be of use. */
  take(found: FoundFile): boolean;
  /** All files are there: whether those taken are used. @param alone whether no new photo came with them */
  end(alone: boolean): boolean;
}

/** How many files a folder or a drop held, by what became of them. */
export interface ArrivalCounts {
  readonly added: number;
  /** Known photos whose file is another now. */
  readonly changed: number;
  readonly already: number;
  /** Known photos whose file is not there any more. */
  readonly gone: number;
  readonly others: number;
}

/** "80 photos added · 2 changed · 3 already here · 1 gone · 12 other files left out". */
export function arrivalText({ added, changed, already, gone, others }: ArrivalCounts): string {
  const parts = [
    added > 0 || changed + already + gone + others === 0 ? `${plural(added, 'photo')} added` : '',
    changed > 0 ? `${countText(changed)} changed` : '',
    already > 0 ? `${countText(already)} already here` : '',
    gone > 0 ? `${countText(gone)} gone` : '',
    others > 0 ? `${plural(others, 'other file')} left out` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}
