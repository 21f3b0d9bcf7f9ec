import type { BenchmarkWork } from './benchmarks.svelte';
import { countText, rateText, timeLeftText } from '../../kit/words';

/** The name of the progress bar. */
export function workName(work: BenchmarkWork): string {
  if (work.phase === 'opening') return 'Opening a data set';
  return work.phase === 'loading' ? `Loading ${work.model}` : `Measuring ${work.model}`;
}

/** What is being done, in a sentence. @param rate pictures a second */
export function workText(work: BenchmarkWork, isPaused: boolean, rate: number | undefined): string {
  if (work.phase === 'opening') {
    return work.files > 0
      ? `Looking through the folder: ${countText(work.files)} files so far`
      : 'Opening the data set';
  }
  if (work.phase === 'loading') return `Loading ${work.model}`;
  const { model, stage, done, total } = work;
  if (stage === 'measuring') return `${model} · comparing all with all`;
  const what = stage === 'pictures' ? 'pictures' : 'texts';
  const amount = total === undefined ? countText(done) : `${countText(done)} of ${countText(total)}`;
  if (isPaused) return `${model} · paused at ${amount} ${what}`;
  const left = rate && total !== undefined ? ` · ${timeLeftText((total - done) / rate)}` : '';
  return `${model} · ${amount} ${what}${rate ? ` · ${rateText(rate)}${left}` : ''}`;
}
