import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import type { RunningBrowser } from './browser-page';

/** WebKitGTK's driver and browser, as Debian installs them. */
const DRIVER = '/usr/bin/WebKitWebDriver';
const LIBRARIES = '/usr/lib';
const BROWSER = 'webkit2gtk-4.1/MiniBrowser';

/** What Safari has and MiniBrowser leaves off: private files. Access to them in place cannot be turned on. */
const FEATURES = 'FileSystem,FileSystemWritableStream,StorageAPI,StorageAPIEstimate';

/** The key of an element's id in every answer of a driver, by the W3C's WebDriver recommendation. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/**
 * Starts WebKitGTK's MiniBrowser on a display of its own, driven by WebDriver. It tells of no errors in the console.
 *
 * Why no library: these are nine requests of the recommendation, and the libraries weigh more than all other tools.
 *
 * @throws Error if Debian's webkit2gtk-driver or xvfb is missing
 */
export async function startWebKit(): Promise<RunningBrowser> {
  const folders = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
  const binary = folders.map((folder) => `${LIBRARIES}/${folder}/${BROWSER}`).find(existsSync);
  if (binary === undefined || !existsSync(DRIVER) || !existsSync('/usr/bin/Xvfb')) {
    throw new Error('There is no WebKitGTK here. On Debian: apt-get install webkit2gtk-driver xvfb');
  }
  const { display, server } = await startDisplay();
  const port = await freePort();
  const driver = spawn(DRIVER, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${display}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    stdio: 'ignore',
  });
  const stop = () => {
    driver.kill();
    server.kill();
  };
  try {
    const root = `http://127.0.0.1:${port}`;
    const options = { binary, args: ['--automation', '--geometry=1280x800', `--features=${FEATURES}`] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    await answering(`${root}/status`);
    const opened = await send<Opened>(`${root}/session`, { capabilities });
    const session = `${root}/session/${opened.sessionId}`;
    await send(`${session}/timeouts`, { script: 300_000, pageLoad: 300_000 });
    const find = async (element: string) => {
      const found = await send<Record<string, string>>(`${session}/element`, {
        using: 'xpath',
        value: element,
      });
      return `${session}/element/${found[ELEMENT] ?? ''}`;
    };
    const { browserName, browserVersion } = opened.capabilities;
    return {
      version: `${browserName}/${browserVersion}`,
      problems: [],
      page: {
        open: (url) => send(`${session}/url`, { url }),
        async evaluate<T>(expression: string) {
          const script = `const done = arguments[0];
            (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
          const { value, error } = await send<{ value: T; error?: string }>(`${session}/execute/async`, {
            script,
            args: [],
          });
          if (error !== undefined) throw new Error(error);
          return value;
        },
        click: async (element) => send(`${await find(element)}/click`, {}),
        type: async (element, text) => send(`${await find(element)}/value`, { text }),
        give: async (element, files) => send(`${await find(element)}/value`, { text: files.join('\n') }),
      },
      async close() {
        await fetch(session, { method: 'DELETE' }).catch(() => undefined);
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

interface Opened {
  readonly sessionId: string;
  readonly capabilities: { readonly browserName: string; readonly browserVersion: string };
}

/** One request of WebDriver. @throws Error with the driver's message */
async function send<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** Resolves once there is an answer at `url`. */
async function answering(url: string): Promise<void> {
  while (!(await fetch(url).catch(() => undefined))?.ok)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A screen that nobody sees, and its number. */
async function startDisplay(): Promise<{ display: string; server: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const display = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (number: Buffer) => resolve(number.toString().trim()));
    server.once('error', reject);
    server.once('exit', () => reject(new Error('Xvfb did not start')));
  });
  return { display, server };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
