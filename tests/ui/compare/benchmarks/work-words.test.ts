import { expect, it } from 'vitest';
import type { BenchmarkWork } from '../../../../src/ui/compare/benchmarks/benchmarks.svelte';
import { workName, workText } from '../../../../src/ui/compare/benchmarks/work-words';

const running = (stage: 'pictures' | 'texts' | 'measuring', done: number, total?: number): BenchmarkWork => ({
  phase: 'running',
  model: 'M',
  stage,
  done,
  total,
});

it.each([
  [{ phase: 'opening', files: 0 }, false, undefined, 'Opening a data set', 'Opening the data set'],
  [
    { phase: 'opening', files: 1500 },
    false,
    undefined,
    'Opening a data set',
    'Looking through the folder: 1,500 files so far',
  ],
  [{ phase: 'loading', model: 'M' }, false, undefined, 'Loading M', 'Loading M'],
  [running('pictures', 48), false, undefined, 'Measuring M', 'M · 48 pictures'],
  [
    running('pictures', 480, 1000),
    false,
    41,
    'Measuring M',
    'M · 480 of 1,000 pictures · 41 photos/s · about 13 seconds',
  ],
  [running('pictures', 480, 1000), true, undefined, 'Measuring M', 'M · paused at 480 of 1,000 pictures'],
  [running('texts', 3, 10), false, undefined, 'Measuring M', 'M · 3 of 10 texts'],
  [running('measuring', 0), false, undefined, 'Measuring M', 'M · comparing all with all'],
] as const)('%j', (work, isPaused, rate, name, text) => {
  expect(workName(work)).toBe(name);
  expect(workText(work, isPaused, rate)).toBe(text);
});
