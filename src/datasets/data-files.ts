import type { ByteSource } from '../formats/byte-source';
import { Failure } from '../core/failure';

/** A file of a data set: of a folder on this device, or on a hub. */
export interface DataFile {
  /** From the data set's folder, separated by "/". */
  readonly path: string;
  /** @throws FileUnreadable; on a hub what its connection throws */
  open(): Promise<ByteSource>;
}

/** The files that a data set is made of. */
export interface DataFiles {
  /** Name of the folder or the repository. */
  readonly name: string;
  readonly files: readonly DataFile[];
  /** Bytes worth asking for at once: more from a network than from a disk. */
  readonly window: number;
}

/** @param path from the data set's folder */
export function findFile({ files }: DataFiles, path: string): DataFile | undefined {
  return files.find((file) => file.path === path);
}

/** All bytes of a file. @throws what `open` and reading throw */
export async function readBytes(file: DataFile): Promise<Uint8Array<ArrayBuffer>> {
  const source = await file.open();
  return new Uint8Array(await source.slice(0, source.byteLength));
}

/** A file's text, in UTF-8. @throws what `readBytes` throws */
export async function readText(file: DataFile): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}

/** The lines of a text as Python's `splitlines` sees them, which CLIP_benchmark reads its lists by. */
export function splitLines(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- Python's own list
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines that hold something, without blanks around: a list of class names or templates. */
export async function readList(file: DataFile): Promise<string[]> {
  return splitLines(await readText(file))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const PICTURE = /\.(?:jpe?g|png|webp|gif|bmp|avif|tiff?)$/i;

export function isPicture(path: string): boolean {
  return PICTURE.test(path);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Finds pictures by how an annotation names them: by path, from the folder of the annotation or above, or by name. */
export function pictureFinder({ files }: DataFiles, folder: string): (name: string) => DataFile | undefined {
  const byPath = new Map<string, DataFile>();
  const byName = new Map<string, DataFile | undefined>();
  for (const file of files) {
    if (!isPicture(file.path)) continue;
    byPath.set(file.path, file);
    const name = baseName(file.path);
    // A name that stands in two folders tells neither.
    byName.set(name, byName.has(name) ? undefined : file);
  }
  return (named) => {
    const path = named.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');
    return byPath.get(folder + path) ?? byPath.get(path) ?? byName.get(baseName(path));
  };
}

/** Reads the picture of a sample, which its annotation names and which may not be there. */
export function pictureReader(file: DataFile | undefined, name: string) {
  return async (): Promise<Uint8Array<ArrayBuffer>> => {
    if (file === undefined) throw new Failure('FileUnreadable', `${name} is listed, but not in the folder.`);
    return readBytes(file);
  };
}
