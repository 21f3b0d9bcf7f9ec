import { downloadZip } from 'client-zip';
import { archivePlaces } from './file-names';

/** A file to pack. */
export interface Packed {
  /** Folders and name, separated by "/". */
  readonly path: string;
  readonly bytes: ArrayBuffer | Blob;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/** A zip of `files`, each at a path of its own. */
export function zipOf(files: AsyncIterable<Packed>): Promise<Blob> {
  const placeOf = archivePlaces();
  const entries = async function* () {
    for await (const { path, bytes, modified } of files) {
      yield { name: placeOf(path), input: bytes, lastModified: zipDate(modified) };
    }
  };
  return downloadZip(entries(), { buffersAreUTF8: true }).blob();
}

/**
 * The nearest date a zip can hold. It counts years from 1980 in seven bits, by the local clock: other years come out as
 * a wrong one (APPNOTE.TXT 4.4.6, MS-DOS date and time).
 */
function zipDate(modified: number): Date {
  const [first, last] = [new Date(1980, 0, 1), new Date(2107, 11, 31, 23, 59, 58)];
  return new Date(Math.min(Math.max(modified || 0, Number(first)), Number(last)));
}
