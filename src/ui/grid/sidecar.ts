import { withKeywords } from '../../library/xmp-sidecar';
import type { Photo } from '../photos/photo';

/** A sidecar to be put where its photo lies. */
export interface Sidecar {
  readonly path: string;
  readonly text: string;
}

/**
 * The XMP sidecar of a photo with these labels: the one that lies beside it, with them added, or a new one. Undefined if
 * the one beside it cannot be read or merged, which then stays as it is.
 *
 * Why `NAME.jpg.xmp` for a new one: darktable reads no other, and digiKam writes it so. `NAME.xmp`, as Adobe calls them, is
 * merged where there is one.
 * @param beside the file of a name in the photo's folder
 */
export async function sidecarOf(
  { path, name }: Pick<Photo, 'path' | 'name'>,
  labels: readonly string[],
  beside: (name: string) => Promise<File | undefined>,
): Promise<Sidecar | undefined> {
  const own = `${name}.xmp`;
  const folder = path.slice(0, path.length - name.length);
  for (const tried of [own, name.replace(/\.[^.]*$/, '.xmp')]) {
    const file = await beside(tried);
    if (!file) continue;
    const text = await textOf(file);
    const merged = text === undefined ? undefined : withKeywords(text, labels);
    return merged === undefined ? undefined : { path: folder + tried, text: merged };
  }
  return { path: folder + own, text: withKeywords(undefined, labels)! };
}

/** Its text with its byte order mark; undefined if it is not in UTF-8, or cannot be read. */
async function textOf(file: File): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}
