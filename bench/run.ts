/** `npm run bench -- NAME`: runs one benchmark of this folder and writes `bench/results/NAME.json`. */
import process from 'node:process';

const BENCHMARKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'first-run': () => import('./first-run'),
  'library-crash': () => import('./library-crash'),
  index: () => import('./index'),
  opening: () => import('./opening'),
  'index-search': () => import('./index-search'),
  grid: () => import('./grid'),
  gpu: () => import('./gpu'),
  decode: () => import('./decode'),
  hostile: () => import('./hostile'),
  peer: () => import('./peer'),
  'full-size': () => import('./full-size'),
  precision: () => import('./precision'),
  int8: () => import('./int8'),
  evaluation: () => import('./evaluation'),
  'compare-memory': () => import('./compare-memory'),
};

const benchmark = BENCHMARKS[process.argv[2] ?? ''];
if (benchmark === undefined) {
  console.error(`Name one of: ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exitCode = 1;
} else {
  await benchmark();
}
