import type { Sample } from './dataset';

/** The samples of a list that is known in full; a position is the index in it. */
export async function* listSamples(
  entries: readonly Omit<Sample, 'position'>[],
  after: string | undefined,
): AsyncGenerator<Sample, void, undefined> {
  for (let index = after === undefined ? 0 : Number(after) + 1; index < entries.length; index++) {
    yield { ...entries[index]!, position: String(index) };
  }
}
