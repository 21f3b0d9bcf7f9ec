import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { chromium } from 'playwright-core';
import { findChromium } from '../tools/browser.js';

/** Writes `bench/results/NAME.json`: the figures with browser, machine and commit; prints them too. */
export async function writeResult(
  name: string,
  browser: string,
  figures: Readonly<Record<string, unknown>>,
): Promise<void> {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'workers', 'package-lock.json') !== '';
  const result = {
    measured: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD') + (changed ? ' with uncommitted changes' : ''),
    browser,
    machine: {
      cpu: os.cpus()[0]?.model,
      cores: os.availableParallelism(),
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    },
    figures,
  };
  await writeFile(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));
}

/** The version of the browser that benchmarks run in. */
export async function browserVersion(): Promise<string> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? '' });
  const version = browser.version();
  await browser.close();
  return version;
}

/** What is told of something measured several times. */
export function summary(values: readonly number[]): {
  median: number;
  spread: number;
  values: readonly number[];
} {
  return { median: median(values), spread: spread(values), values };
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? NaN)) / 2;
}

/** From the smallest to the largest value. */
export function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
