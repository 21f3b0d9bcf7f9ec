/** Paths of photos: folders and name separated by `/`, the first of which is the folder that was added. */

/** The first part of a path. */
export function topOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** A path without its first part. */
export function belowTop(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a path is `folder` or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
