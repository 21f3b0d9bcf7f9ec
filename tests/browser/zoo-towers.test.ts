import { expect, it } from 'vitest';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';
import { runTowers } from '../../tools/conformance/towers';
import { WHOLE } from '../helpers/whole';
import { onWebGpu } from './runtimes';
import { towerFixtures } from './tower-fixtures';

const files = import.meta.glob<string>('../fixtures/zoo/towers/*/*', {
  query: '?url',
  import: 'default',
  eager: true,
});

/**
 * A tower of each family that the self-check, which also runs in this browser, has none of: the software GPU takes
 * seconds to compile the shaders of one.
 */
const UNCHECKED: readonly string[] = [
  'mobileclip-b-non-square',
  'naflex-non-square',
  'nllb-first',
  'roberta-first',
  'vitamin-xl-non-square',
];

it('towers of other families give the embeddings of OpenCLIP on a GPU', async () => {
  const some = towerFixtures('../fixtures/zoo', files, (folder) => WHOLE || UNCHECKED.includes(folder));
  const results: CaseResult[] = [];
  for await (const result of runTowers(some, await onWebGpu(false), 'fp32', nothingComputed()))
    results.push(result);
  expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
  const names = results.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(await some.folders('towers')));
  expect(names).toEqual(expect.arrayContaining([...UNCHECKED]));
});
