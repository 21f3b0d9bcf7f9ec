/**
 * The time and memory to open a library of 100,000 photos, with `--million` one of a million instead.
 * `npm run bench -- opening [--million]`; `--rows N` takes as many, and writes no result.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DIM, measureOpening } from './library-opening';
import { browserVersion, writeResult } from './result';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { million: { type: 'boolean' }, rows: { type: 'string' } },
});
const count = Number(values.rows ?? (values.million ? 1_000_000 : 100_000));
const figures = { [`open a library of ${count.toLocaleString('en')} x ${DIM}`]: await measureOpening(count) };
if (values.rows === undefined) {
  await writeResult(values.million ? 'opening-million' : 'opening', await browserVersion(), figures);
} else console.log(JSON.stringify(figures, null, 2));
