import { readFile, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { serial } from '../src/core/tasks';

/** Resident memory of the largest renderer process of a browser, in bytes: a page and its workers live in one. */
export interface RendererMemory {
  now(): Promise<number>;
  /** The most since the watch began, or since `forget`. */
  peak(): Promise<number>;
  /** Peaks are counted anew from here on. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds between two looks. */
const INTERVAL = 250;

/**
 * Watches the renderers of `browser`, by what the kernel says of them: Linux only.
 *
 * Why it keeps looking, though the kernel remembers the most: Chromium makes it forget every few minutes, for figures
 * of its own.
 */
export async function watchMemory(browser: Browser): Promise<RendererMemory> {
  const session = await browser.newBrowserCDPSession();
  const queue = serial();
  let most = 0;

  async function renderers(): Promise<number[]> {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  }

  async function look(): Promise<number> {
    const found = await Promise.all((await renderers()).map(memoryOf));
    most = Math.max(most, ...found.map(({ peak }) => peak));
    return Math.max(0, ...found.map(({ now }) => now));
  }

  // A browser that is closing has nothing more to tell.
  const timer = setInterval(() => void queue(look).catch(() => undefined), INTERVAL);

  return {
    now: () => queue(look),
    async peak() {
      await queue(look);
      return most;
    },
    forget: () =>
      queue(async () => {
        // 5 resets the peak resident set size: proc(5), clear_refs.
        for (const pid of await renderers()) await writeFile(`/proc/${pid}/clear_refs`, '5');
        most = 0;
      }),
    async stop() {
      clearInterval(timer);
      await session.detach();
    },
  };
}

async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}
