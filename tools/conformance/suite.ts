import type { Runtime } from '../../src/clip/towers';
import type { Arithmetic, Precision } from '../../src/clip/weights/weights';
import { messageOf } from '../../src/core/failure';
import { runClassify } from './classify';
import { runEvaluation } from './evaluation';
import type { Fixtures } from './fixtures';
import { runPreprocess } from './preprocess';
import { SECTIONS, type CaseResult, type Computed, type Section } from './result';
import { runTokenizer } from './tokenizer';
import { runTowers } from './towers';

/** What to run, and where. Plain data, so that it can be passed to a browser. */
export interface SuiteOptions {
  readonly only: readonly Section[];
  readonly precision: Precision;
  /** Also part of the given runtime; a browser creates its own. */
  readonly arithmetic: Arithmetic;
}

/** Runs the selected sections in order. A section that cannot start is one failed case. */
export async function* runSuite(
  fixtures: Fixtures,
  runtime: Runtime,
  { only, precision }: SuiteOptions,
  computed: Computed,
): AsyncGenerator<CaseResult> {
  for (const section of SECTIONS) {
    if (!only.includes(section)) continue;
    try {
      yield* runSection(section, fixtures, runtime, precision, computed);
    } catch (error) {
      yield { section, name: '(whole section)', status: 'failed', detail: messageOf(error) };
    }
  }
}

function runSection(
  section: Section,
  fixtures: Fixtures,
  runtime: Runtime,
  precision: Precision,
  computed: Computed,
): AsyncGenerator<CaseResult> {
  switch (section) {
    case 'towers':
      return runTowers(fixtures, runtime, precision, computed);
    case 'preprocess':
      return runPreprocess(fixtures, computed);
    case 'tokenizer':
      return runTokenizer(fixtures, computed);
    case 'classify':
      return runClassify(fixtures, runtime, precision, computed);
    case 'evaluation':
      return runEvaluation(fixtures, computed);
  }
}
