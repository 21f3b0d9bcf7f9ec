import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';

export interface Egress {
  /** Every request that was not for the origin, in order, each once: "METHOD address", "CONNECT host:port". */
  readonly requests: readonly string[];
  /** The proxy a browser has to be started with. It refuses everything. */
  readonly proxyUrl: string;
  /** Also records what pages and their workers ask of other ports of this machine, which no proxy sees. */
  watch(context: BrowserContext): void;
  close(): Promise<void>;
}

/**
 * Hosts that Chromium itself calls for its own upkeep, whatever flags it is given. Only the proxy, which cannot tell
 * who is asking, passes over them: a page that asks for one is still seen by `watch`.
 */
const BROWSERS_OWN = /^(?:[\w-]+\.)*(?:google|googleapis|gstatic|gvt1)\.com(?::443)?$/;

/** Records what a browser asks of anyone but `origin`: through a proxy, and by Playwright's account of its pages. */
export async function recordEgress(origin: string): Promise<Egress> {
  const seen = new Set<string>();
  const record = (method: string, target: string, host: string): void => {
    if (!BROWSERS_OWN.test(host)) seen.add(`${method} ${target}`);
  };
  const proxy = createServer((request, response) => {
    const target = request.url ?? '';
    record(request.method ?? '', target, URL.canParse(target) ? new URL(target).host : target);
    response.writeHead(403).end();
  });
  proxy.on('connect', (request, socket) => {
    // A browser that is closed may reset the connection instead of reading the refusal.
    socket.on('error', () => undefined);
    record('CONNECT', request.url ?? '', request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    get requests() {
      return [...seen];
    },
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    watch(context) {
      context.on('request', (request) => {
        const url = new URL(request.url());
        // The scheme of what never leaves the browser.
        if (url.protocol === 'data:' || url.protocol === 'blob:' || url.origin === origin) return;
        seen.add(`${request.method()} ${url.href}`);
      });
    },
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
