import * as v from 'valibot';
import { listOf, recordOf, size } from '../../src/core/schema';
import type { KeptVerdicts } from '../../src/engine/platform';
import { keptJson } from './kept-json';

/** How towers run in int8, by what identifies tower, browser and build. */
const FILE = 'int8-verdicts.json';

/** The most verdicts kept: those of older builds fall out. */
const MOST = 64;

const channel = v.pipe(v.strictTuple([size, v.pipe(v.number(), v.safeInteger())]), v.readonly());

const verdicts = v.record(
  v.string(),
  recordOf({
    plan: v.nullable(
      recordOf({
        exact: listOf(v.string()),
        folded: v.pipe(v.record(v.string(), listOf(channel)), v.readonly()),
      }),
    ),
    cosine: v.number(),
  }),
);

/**
 * Stored in the origin's private file system, at `root`; without it nothing is remembered.
 * @param here what else decides the numbers: browser and build
 */
export function int8Verdicts(root: () => Promise<FileSystemDirectoryHandle>, here: string): KeptVerdicts {
  const kept = keptJson(root, FILE, verdicts);
  const keyOf = (fingerprint: string) => `${fingerprint} | ${here}`;
  return {
    get: async (fingerprint) => (await kept.read())?.[keyOf(fingerprint)],
    async set(fingerprint, verdict) {
      const key = keyOf(fingerprint);
      const others = Object.entries((await kept.read()) ?? {}).filter(([other]) => other !== key);
      await kept.write(Object.fromEntries([...others.slice(1 - MOST), [key, verdict]]));
    },
  };
}
