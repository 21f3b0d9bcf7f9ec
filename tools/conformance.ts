/** Compares the engine with golden fixtures made by OpenCLIP: `npm run conformance -- --fixtures DIR`. */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { nodeRuntime } from '../src/clip/session-node';
import { messageOf } from '../src/core/failure';
import { runInChromium } from './conformance/browser';
import { nodeFixtures } from './conformance/node-fixtures';
import { parseOptions, USAGE, type Options } from './conformance/options';
import { caseLine, closingLines, exitCode } from './conformance/report';
import { nothingComputed, type CaseResult, type Computed } from './conformance/result';
import { runSuite } from './conformance/suite';

async function main(options: Options): Promise<number> {
  const fixtures = nodeFixtures(options.fixtures, options.tokenizer);
  const results: CaseResult[] = [];
  const report = (result: CaseResult) => {
    results.push(result);
    console.log(caseLine(result));
  };
  let computed: Computed;
  if (options.backend === 'webgpu') {
    computed = await runInChromium(fixtures, options, report);
  } else {
    computed = nothingComputed();
    const runtime = {
      ort: await nodeRuntime(os.availableParallelism()),
      provider: { name: 'wasm' },
      arithmetic: options.arithmetic,
    } as const;
    for await (const result of runSuite(fixtures, runtime, options, computed)) report(result);
  }
  if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(computed)}\n`);
  if (results.length === 0) console.log('No case ran: the folder holds none of the asked sections.');
  console.log(closingLines(results));
  return exitCode(results, options.mayRefuse);
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  console.error(messageOf(error));
  console.error(USAGE);
  process.exitCode = 2;
}
