import { Failure } from '../../core/failure';
import type { GivenFile } from '../kit/given-files';

const PACK = 'album.pack';

/** A line of the pack's list, as `tools/album-pack.js` writes it. */
interface Packed {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Fetches the sample album: the pictures of `album.pack` under `base`, in its order.
 * @param base URL of the album's folder, ending in `/`
 * @throws NetworkFailed
 */
export async function* fetchAlbum(base: string, get: typeof fetch): AsyncGenerator<GivenFile> {
  const pack = await fetchPart(base, PACK, get);
  const list = listIn(pack);
  let at = pack.byteLength - list.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file: name, bytes } of list) {
    const file = pictureFile(new Uint8Array(pack, at, bytes), name);
    at += bytes;
    yield { ok: true, file, path: `Sample album/${name}` };
  }
}

/** Fetches one picture of the album again. @throws NetworkFailed */
export async function albumPicture(base: string, name: string, get: typeof fetch): Promise<File> {
  return pictureFile(await fetchPart(base, name, get), name);
}

/** @throws NetworkFailed if the pack is not whole */
function listIn(pack: ArrayBuffer): readonly Packed[] {
  try {
    const head = new DataView(pack).getUint32(0, true);
    const text = new TextDecoder().decode(new Uint8Array(pack, 4, head));
    const list = JSON.parse(text) as readonly Packed[];
    if (list.reduce((sum, { bytes }) => sum + bytes, 4 + head) === pack.byteLength) return list;
  } catch {
    // Cut within the list.
  }
  throw unfetched(PACK, 'did not arrive whole');
}

function pictureFile(bytes: BlobPart, name: string): File {
  // A fixed date, so that adding the album twice is recognised.
  return new File([bytes], name, { type: 'image/webp', lastModified: 0 });
}

async function fetchPart(base: string, name: string, get: typeof fetch): Promise<ArrayBuffer> {
  try {
    const response = await get(new URL(name, base));
    if (response.ok) return await response.arrayBuffer();
    throw unfetched(name, `was answered with ${response.status}`);
  } catch (error) {
    throw error instanceof Failure ? error : unfetched(name, 'did not arrive', error);
  }
}

function unfetched(name: string, why: string, cause?: unknown): Failure {
  return new Failure('NetworkFailed', `The sample album could not be fetched: ${name} ${why}.`, { cause });
}

/** URLs of some of the album's pictures, in rows wide enough for any screen, for the start screen. */
export function albumPictures(base: string): string[][] {
  const number = (i: number) => `${i}`.padStart(3, '0');
  const picture = (row: number, i: number) => new URL(`album-${number(row + 3 * i)}.webp`, base).href;
  return [1, 2, 3].map((row) => Array.from({ length: 13 }, (_, i) => picture(row, i)));
}
