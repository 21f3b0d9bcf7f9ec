import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A file of tests/fixtures. */
export async function fixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../fixtures/${path}`, import.meta.url)));
}

/** What make-golden.py writes. */
export interface Golden {
  checkpoints: Record<string, Record<string, GoldenTensor>>;
  float16: { widened_sha256: string; narrowed_sha256: string };
}

export interface GoldenTensor {
  dtype: string;
  shape: number[];
  sha256: string;
  float32_sha256?: string;
}

export async function golden(): Promise<Golden> {
  return JSON.parse(new TextDecoder().decode(await fixture('formats/golden.json'))) as Golden;
}

export function sha256(bytes: ArrayBuffer | NodeJS.ArrayBufferView): string {
  return createHash('sha256')
    .update(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)
    .digest('hex');
}
