import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cosine } from '../src/core/vectors';
import { rowAt } from '../src/core/unit-rows';
import { openModel } from '../tools/evaluation/model';
import { decodeFile } from '../src/package/node-picture';
import { median } from './result';

/** Embeddings by the key of the file's content. */
export type RowsByKey = ReadonlyMap<string, ArrayLike<number>>;

/** How near embeddings are to the exact ones. */
export interface Nearness {
  readonly worst: number;
  readonly median: number;
}

/** The key of a file's content: as in `core/short-digest`. */
export async function keyOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 32);
}

/** Each list's files' embeddings by the checkpoint in `folder`, exactly: Pillow's decoder and arithmetic, and fp32. */
export async function exactRows(folder: string, lists: readonly (readonly string[])[]): Promise<RowsByKey[]> {
  const model = await openModel(folder);
  const all: RowsByKey[] = [];
  for (const files of lists) {
    const rows = new Map<string, Float32Array>();
    for (const file of files) {
      const picture = await decodeFile(await readFile(file));
      rows.set(await keyOf(file), rowAt(await model.encodePictures([picture]), 0));
    }
    all.push(rows);
  }
  await model.release();
  return all;
}

/** @throws Error if an exact embedding has none to be compared with */
export function nearness(rows: RowsByKey, exact: RowsByKey): Nearness {
  const cosines = [...exact].map(([key, row]) => {
    const other = rows.get(key);
    if (other === undefined) throw new Error(`The photo ${key} has no embedding.`);
    return cosine(row, other);
  });
  return { worst: Math.min(...cosines), median: median(cosines) };
}
