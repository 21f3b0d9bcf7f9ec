import type { IncomingMessage, ServerResponse } from 'node:http';
import { chromium, type Browser } from 'playwright-core';
import { createServer, defaultClientConditions, type Plugin } from 'vite';
import { messageOf } from '../../src/core/failure';
import { isolationHeaders } from '../headers.js';
import { findChromium, QUIET_FLAGS, webgpuFlags } from '../browser.js';
import type { Fixtures } from './fixtures';
import type { CaseResult, Computed } from './result';
import type { SuiteOptions } from './suite';

/** Runs the suite in Chromium on WebGPU, fed from `fixtures` over loopback. @throws Error if there is no browser */
export async function runInChromium(
  fixtures: Fixtures,
  { only, precision, arithmetic }: SuiteOptions,
  report: (result: CaseResult) => void,
): Promise<Computed> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('NOT RUN: no Chromium was found for --backend webgpu.');
  const server = await createServer({
    configFile: false,
    plugins: [serveFixtures(fixtures)],
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null, headers: isolationHeaders },
    optimizeDeps: { entries: ['tools/conformance/page.html'] },
    logLevel: 'error',
  });
  await server.listen();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: [...QUIET_FLAGS, ...webgpuFlags(true)] });
    const page = await browser.newPage();
    page.on('console', (message) => {
      console.log(message.text());
    });
    await page.exposeFunction('reportResult', report);
    await page.goto(new URL('tools/conformance/page.html', server.resolvedUrls?.local[0]).href);
    await page.waitForFunction(() => 'runConformance' in window);
    const options: SuiteOptions = { only, precision, arithmetic };
    return await page.evaluate((given) => window.runConformance(given), options);
  } finally {
    await browser?.close();
    await server.close();
  }
}

/** Answers `/fixtures/<question>?path=...`. */
function serveFixtures(fixtures: Fixtures): Plugin {
  const answers: Record<string, (path: string) => Promise<string | Uint8Array | undefined>> = {
    folders: async (path) => JSON.stringify(await fixtures.folders(path)),
    exists: async (path) => JSON.stringify(await fixtures.exists(path)),
    bytes: (path) => fixtures.bytes(path),
    tokenizer: () => fixtures.tokenizer(),
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    try {
      const body = await answers[url.pathname.slice(1)]?.(url.searchParams.get('path') ?? '');
      response.statusCode = body === undefined ? 204 : 200;
      response.end(body);
    } catch (error) {
      response.statusCode = 404;
      response.end(messageOf(error));
    }
  };
  return {
    name: 'clipscope:fixtures',
    configureServer({ middlewares }) {
      middlewares.use('/fixtures', (request, response) => void handle(request, response));
    },
  };
}
