import { readFileSync } from 'node:fs';
import type { DataFiles } from '../../src/datasets/data-files';
import type { Dataset, Sample } from '../../src/datasets/dataset';
import { bufferSource } from '../../src/formats/byte-source';

/** Files in memory; texts are written as UTF-8. `requests` lists what was read: path, start, end. */
export function filesOf(
  name: string,
  entries: Iterable<readonly [path: string, content: string | Uint8Array<ArrayBuffer>]>,
  window = 4096,
): DataFiles & { readonly requests: [path: string, start: number, end: number][] } {
  const requests: [string, number, number][] = [];
  const files = [...entries].map(([path, content]) => ({
    path,
    open: async () => {
      const source = bufferSource(typeof content === 'string' ? new TextEncoder().encode(content) : content);
      return {
        byteLength: source.byteLength,
        slice: async (start: number, end: number) => {
          requests.push([path, start, end]);
          return source.slice(start, end);
        },
      };
    },
  }));
  return { name, files, window, requests };
}

/** The text of a sample's picture: the tests' pictures are their own names. */
export async function readSamples(
  dataset: Dataset,
  after?: string,
): Promise<[string, Sample['answer'], string][]> {
  const all: [string, Sample['answer'], string][] = [];
  for await (const sample of dataset.samples(after)) {
    const picture = await sample.picture().then(
      (bytes) => new TextDecoder().decode(bytes),
      (error: unknown) => String(error),
    );
    all.push([sample.key, sample.answer, picture]);
  }
  return all;
}

/** What OpenCLIP reached on the album's data sets, and the SHA-256 of their shards. */
export const golden = JSON.parse(
  readFileSync(new URL('../fixtures/datasets/album.json', import.meta.url), 'utf8'),
) as {
  readonly shards: Readonly<Record<string, readonly string[]>>;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
};
