import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Fixtures } from './fixtures';

/** A fixture folder on disk. */
export function nodeFixtures(root: string, tokenizerFile: string | undefined): Fixtures {
  return {
    async folders(below) {
      const folder = path.join(root, below);
      if (!existsSync(folder)) return [];
      const names = await readdir(folder);
      // statSync follows links, so a linked folder counts.
      return names.filter((name) => statSync(path.join(folder, name)).isDirectory()).sort();
    },
    exists: (file) => Promise.resolve(existsSync(path.join(root, file))),
    bytes: async (file) => new Uint8Array(await readFile(path.join(root, file))),
    tokenizer: async () => (tokenizerFile === undefined ? undefined : readFile(tokenizerFile, 'utf8')),
  };
}
