import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { QUIET_FLAGS, findChromium, webgpuFlags } from '../../tools/browser.js';
import { recordEgress, type Egress } from './egress';

export interface ChromiumOptions {
  /** Whether `requestAdapter()` finds an adapter; without a GPU it is the software one. */
  readonly webgpu: boolean;
  /** A folder for the profile: storage then lies on the disk and outlives the browser. */
  readonly persistentDir?: string;
  /** What Playwright takes for a context: viewport, colour scheme, reduced motion … */
  readonly context?: BrowserContextOptions;
}

export interface Chromium {
  readonly context: BrowserContext;
  /** What was asked of anyone but the origin named at launch. */
  readonly egress: Egress;
  /** Ends the browser process with SIGKILL, as a crash would; resolves once it is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a headless Chromium in which only `origin` can be reached, and every other attempt is recorded. */
export async function launchChromium(origin: string, options: ChromiumOptions): Promise<Chromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine');
  const egress = await recordEgress(origin);
  try {
    const args = [...QUIET_FLAGS, ...webgpuFlags(options.webgpu), `--proxy-server=${egress.proxyUrl}`];
    const context = options.persistentDir
      ? await chromium.launchPersistentContext(options.persistentDir, {
          executablePath,
          args,
          ...options.context,
        })
      : await (await chromium.launch({ executablePath, args })).newContext(options.context);
    egress.watch(context);
    return {
      context,
      egress,
      kill: () => killBrowser(context).finally(egress.close),
      close: async () => {
        // A persistent context has no browser of its own to close.
        await (options.persistentDir ? context : context.browser())?.close();
        await egress.close();
      },
    };
  } catch (error) {
    await egress.close();
    throw error;
  }
}

/** Ends the process that owns the GPU with SIGKILL, as a driver's crash would; the browser starts another one. */
export async function killGpu(context: BrowserContext): Promise<void> {
  process.kill(await processId(context, 'GPU'), 'SIGKILL');
}

async function killBrowser(context: BrowserContext): Promise<void> {
  const pid = await processId(context, 'browser');
  const gone = new Promise<void>((resolve) => context.browser()?.once('disconnected', () => resolve()));
  process.kill(pid, 'SIGKILL');
  await gone;
}

async function processId(context: BrowserContext, type: string): Promise<number> {
  const browser = context.browser();
  if (browser === null) throw new Error('The context has no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pid = processInfo.find((info) => info.type === type)?.id;
  if (pid === undefined) throw new Error(`The browser tells of no ${type} process`);
  return pid;
}
