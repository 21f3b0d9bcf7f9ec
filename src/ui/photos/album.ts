import { Failure } from '../../core/failure';
import type { GivenFile } from '../kit/given-files';

/** Number of files fetched at a time. */
const AT_A_TIME = 8;

/**
 * Fetches the sample album: `captions.json` under `base` and the pictures it lists, in its order.
 * @param base URL of the album's folder, ending in `/`
 * @throws NetworkFailed
 */
export async function* fetchAlbum(base: string, get: typeof fetch): AsyncGenerator<GivenFile> {
  const listed: unknown = await (await fetchPart(base, 'captions.json', get)).json();
  const names = Array.isArray(listed) ? listed.map((entry: { file?: unknown }) => String(entry.file)) : [];
  for (let start = 0; start < names.length; start += AT_A_TIME) {
    const some = names.slice(start, start + AT_A_TIME);
    const files = await Promise.all(some.map((name) => albumPicture(base, name, get)));
    for (const file of files) yield { ok: true, file, path: `Sample album/${file.name}` };
  }
}

/** Fetches one picture of the album again. @throws NetworkFailed */
export async function albumPicture(base: string, name: string, get: typeof fetch): Promise<File> {
  const picture = await (await fetchPart(base, name, get)).blob();
  // A fixed date, so that adding the album twice is recognised.
  return new File([picture], name, { type: 'image/webp', lastModified: 0 });
}

async function fetchPart(base: string, name: string, get: typeof fetch): Promise<Response> {
  const failed = (why: string, cause?: unknown) =>
    new Failure('NetworkFailed', `The sample album could not be fetched: ${name} ${why}.`, { cause });
  const response = await get(new URL(name, base)).catch((error: unknown) => {
    throw failed('did not arrive', error);
  });
  if (!response.ok) throw failed(`was answered with ${response.status}`);
  return response;
}

/** URLs of some of the album's pictures, in rows wide enough for any screen, for the start screen. */
export function albumPictures(base: string): string[][] {
  const number = (i: number) => `${i}`.padStart(3, '0');
  const picture = (row: number, i: number) => new URL(`album-${number(row + 3 * i)}.webp`, base).href;
  return [1, 2, 3].map((row) => Array.from({ length: 13 }, (_, i) => picture(row, i)));
}
