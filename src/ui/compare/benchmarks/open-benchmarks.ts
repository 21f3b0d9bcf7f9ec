import { openedView, type OpenView } from '../view';
import BenchmarksView from './BenchmarksView.svelte';
import { Benchmarks } from './benchmarks.svelte';

export const openBenchmarks: OpenView = (parts) =>
  openedView(BenchmarksView, new Benchmarks({ ...parts, browser: navigator.userAgent }));
