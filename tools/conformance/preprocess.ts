import { decode } from 'fast-png';
import { messageOf } from '../../src/core/failure';
import { sha256Hex } from '../../src/core/hex';
import { normalise, preprocess } from '../../src/image/preprocess';
import { fixturePicture, fixtureSettings, type FixtureCase, type FixtureIndex } from './fixture-picture';
import { readFloats, readJson, type Fixtures } from './fixtures';
import { largestDifference } from '../../src/core/vectors';
import type { CaseResult, Computed } from './result';

/** Every case of `preprocess/index.json`: identical bytes, and the normalised values if given. */
export async function* runPreprocess(fixtures: Fixtures, computed: Computed): AsyncGenerator<CaseResult> {
  if (!(await fixtures.exists('preprocess/index.json'))) return;
  const index = await readJson<FixtureIndex>(fixtures, 'preprocess/index.json');
  for (const entry of index.cases) yield await runCase(fixtures, index, entry, computed);
}

async function runCase(
  fixtures: Fixtures,
  index: FixtureIndex,
  entry: FixtureCase,
  computed: Computed,
): Promise<CaseResult> {
  const { image, variant, size, resize_mode, interpolation } = entry;
  const name = `${image} ${variant} ${resize_mode} ${interpolation} ${String(size)}`;
  const base = { section: 'preprocess', name } as const;
  const status = (right: boolean) =>
    entry.excused === undefined ? (right ? 'passed' : 'failed') : 'excused';
  try {
    const settings = fixtureSettings(index, entry);
    const bytes = preprocess(await fixturePicture(index, entry, readBelow(fixtures)), settings);
    const sha256 = await sha256Hex(bytes);
    computed.preprocess.push({ image, variant, size, resize_mode, interpolation, sha256 });
    let right = sha256 === entry.sha256;
    let difference = right ? 0 : largestDifference(bytes, await expectedBytes(fixtures, entry));
    if (entry.normalised !== undefined) {
      const { file, mean, std } = entry.normalised;
      const values = normalise(bytes, 1, settings.size[0], settings.size[1], mean, std);
      difference = Math.max(
        difference,
        largestDifference(values, await readFloats(fixtures, `preprocess/${file}`)),
      );
      right &&= difference === 0;
    }
    return { ...base, status: status(right), difference };
  } catch (error) {
    return { ...base, status: status(false), detail: messageOf(error) };
  }
}

async function expectedBytes(fixtures: Fixtures, entry: FixtureCase): Promise<ArrayLike<number>> {
  return decode(await fixtures.bytes(`preprocess/${entry.expected}`)).data;
}

function readBelow(fixtures: Fixtures): (path: string) => Promise<Uint8Array<ArrayBuffer>> {
  return (path) => fixtures.bytes(`preprocess/${path}`);
}
