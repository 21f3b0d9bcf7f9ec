import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runEvaluation } from '../../tools/conformance/evaluation';
import { nodeFixtures } from '../../tools/conformance/node-fixtures';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';

/**
 * Cases by CLIP_benchmark's own functions, and those of `tools/oracles/evaluation.py` by PyTorch and scikit-learn: equal
 * scores, absent classes, targets that are no class, short batches.
 */
const FOLDERS = readdirSync('tests/fixtures/evaluation', { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);

describe('the metrics of the reference', () => {
  it('come out in every case', async () => {
    const results: CaseResult[] = [];
    const fixtures = nodeFixtures('tests/fixtures', undefined);
    for await (const result of runEvaluation(fixtures, nothingComputed())) results.push(result);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results).toHaveLength(FOLDERS.length);
    expect(results.length).toBeGreaterThan(30);
  });
});
