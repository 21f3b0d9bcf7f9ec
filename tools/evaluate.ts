/**
 * Evaluates an OpenCLIP checkpoint on a data set with known answers, in Node: CLIP_benchmark's protocols, its names and
 * its file of results. `npm run evaluate -- --help` tells how.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failureName, messageOf } from '../src/core/failure';
import { resultJson, resultsCsv } from '../src/evaluation/results';
import { evaluate } from './evaluation/evaluate';
import { HELP, readOptions } from './evaluation/evaluate-options';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
  } else {
    const { result, skipped } = await evaluate(options, progressLine());
    for (const { key, message } of skipped) console.error(`left out ${key}: ${message}`);
    if (options.out !== undefined) await write(options.out, resultJson(result));
    if (options.csv !== undefined) await write(options.csv, resultsCsv([result]));
    console.log(resultJson(result).trimEnd());
  }
} catch (error) {
  const name = failureName(error);
  console.error(`${name === undefined ? '' : `${name}: `}${messageOf(error)}`);
  if (name === undefined && !(error instanceof TypeError)) console.error(error);
  console.error('npm run evaluate -- --help tells what there is.');
  process.exitCode = 1;
}

async function write(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, content);
}

/** Says what is done: on a terminal in one line, elsewhere now and then. */
function progressLine(): (line: string) => void {
  let last = 0;
  return (line) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
    else if (Date.now() - last > 10_000) {
      last = Date.now();
      console.error(line);
    }
  };
}
