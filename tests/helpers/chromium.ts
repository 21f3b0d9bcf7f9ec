import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { QUIET_FLAGS, findChromium, webgpuFlags } from '../../tools/browser.js';
import { recordEgress, type Egress } from './egress';

export interface ChromiumOptions {
  /** Whether `requestAdapter()` finds an adapter; without a GPU it is the software one. */
  readonly webgpu: boolean;
  /** A folder for the profile: storage then lies on the disk and outlives the browser. */
  readonly persistentDir?: string;
  /** A running browser to open a context in, which does not end with it; its own flags then count. */
  readonly browser?: Browser;
  /** More of Chromium's own flags, for a browser that is not shared. */
  readonly flags?: readonly string[];
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

/** Hosts of this machine, which no proxy is asked for. */
const OWN_HOSTS = 'localhost,127.0.0.1,[::1]';

function chromiumPath(): string {
  const found = findChromium();
  if (found === undefined) throw new Error('There is no Chromium on this machine');
  return found;
}

/**
 * Functions of wasm are optimised when they have run for long, not soon: for a page that a test has open for seconds,
 * optimising takes two seconds of a core and is never worth it. What they compute stays the same; the `browser` suites
 * run as users do.
 */
const LATE_OPTIMISING = '--js-flags=--wasm-tiering-budget=200000000';

const flags = (webgpu: boolean): string[] => [...QUIET_FLAGS, LATE_OPTIMISING, ...webgpuFlags(webgpu)];

/** Starts a headless Chromium without WebGPU, for several contexts. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: flags(false) });
}

/** Starts a headless Chromium in which only `origin` can be reached, and every other attempt is recorded. */
export async function launchChromium(origin: string, options: ChromiumOptions): Promise<Chromium> {
  const egress = await recordEgress(origin);
  try {
    const proxy = { server: egress.proxyUrl, bypass: OWN_HOSTS };
    const launch = {
      executablePath: chromiumPath(),
      args: [...flags(options.webgpu), ...(options.flags ?? [])],
    };
    const context = options.persistentDir
      ? await chromium.launchPersistentContext(options.persistentDir, {
          ...launch,
          proxy,
          ...options.context,
        })
      : options.browser
        ? await options.browser.newContext({ proxy, ...options.context })
        : await (await chromium.launch({ ...launch, proxy })).newContext(options.context);
    egress.watch(context);
    return {
      context,
      egress,
      kill: async () => {
        try {
          await killBrowser(context);
        } finally {
          await egress.close();
        }
      },
      close: async () => {
        // A persistent context has no browser of its own to close.
        await (options.persistentDir || options.browser ? context : context.browser())?.close();
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
