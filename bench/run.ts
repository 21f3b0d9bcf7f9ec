/** `npm run bench -- NAME`: runs one benchmark of this folder and writes `bench/results/NAME.json`. */
import process from 'node:process';

const BENCHMARKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'first-run': () => import('./first-run'),
  'library-crash': () => import('./library-crash'),
  index: () => import('./index'),
  opening: () => import('./opening'),
  'index-search': () => import('./index-search'),
  exchange: () => import('./exchange'),
  grid: () => import('./grid'),
  gpu: () => import('./gpu'),
  decode: () => import('./decode'),
  hostile: () => import('./hostile'),
  peer: () => import('./peer'),
  'full-size': () => import('./full-size'),
  precision: () => import('./precision'),
  int8: () => import('./int8'),
  families: () => import('./families'),
  embed: () => import('./embed'),
  texts: () => import('./texts'),
  labels: () => import('./labels'),
  evaluation: () => import('./evaluation'),
  'compare-memory': () => import('./compare-memory'),
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
const isHelp = process.argv.includes('--help');
if (benchmark === undefined || isHelp) {
  const names = `Name one of: ${Object.keys(BENCHMARKS).join(', ')}.`;
  console.error(`${names} Its options are named at the top of bench/NAME.ts.`);
  process.exitCode = isHelp ? 0 : 1;
} else {
  await benchmark().catch((error: unknown) => {
    // An option that it does not have: no stack trace says more.
    if (!(error instanceof TypeError && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'))
      throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
}
