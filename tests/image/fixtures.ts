import { readFileSync } from 'node:fs';

const folder = new URL('../fixtures/preprocess/', import.meta.url);

export function readFixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.resolve(new Uint8Array(readFileSync(new URL(path, folder))));
}
