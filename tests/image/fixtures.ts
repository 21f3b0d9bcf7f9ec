import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FixtureIndex } from '../../tools/conformance/fixture-picture';

const folder = new URL('../fixtures/preprocess/', import.meta.url);

export function readFixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.resolve(new Uint8Array(readFileSync(new URL(path, folder))));
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8'));
}

export const index = readJson('index.json') as FixtureIndex;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
