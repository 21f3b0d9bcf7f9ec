import { readFile, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

/** Resident memory of the largest renderer process of a browser, in bytes. Linux only: it is read from `/proc`. */
export interface RendererMemory {
  readonly now: number;
  /** The most since the renderer began, or since `forgetPeaks`. */
  readonly peak: number;
}

/** What the kernel says of the renderers of `browser`; a page and its workers live in one. */
export async function rendererMemory(browser: Browser): Promise<RendererMemory> {
  const renderers = await Promise.all((await rendererPids(browser)).map(memoryOf));
  return {
    now: Math.max(0, ...renderers.map(({ now }) => now)),
    peak: Math.max(0, ...renderers.map(({ peak }) => peak)),
  };
}

/** Peaks are counted anew from here on. */
export async function forgetPeaks(browser: Browser): Promise<void> {
  // 5 resets the peak resident set size: proc(5), clear_refs.
  for (const pid of await rendererPids(browser)) await writeFile(`/proc/${pid}/clear_refs`, '5');
}

async function rendererPids(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function memoryOf(pid: number): Promise<RendererMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}
