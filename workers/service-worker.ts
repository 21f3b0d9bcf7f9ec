import * as v from 'valibot';
import { PrecacheController } from 'workbox-precaching/PrecacheController.js';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { listOf, readAs } from '../src/core/schema';
import { connectHosts, headersFor, hostSource } from '../tools/headers.js';
import type { ServiceWorkerAnswer, ServiceWorkerRequest } from './service-worker-api';

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: the address of each of its files from the page, and a digest where the name has none. */
declare const BUILD_FILES: readonly { readonly url: string; readonly revision: string | null }[];

const SCOPE = new URL(self.registration.scope);
const SHELL = addressOf('index.html');

/** Files that were too large to fetch for everyone, kept when first used; and what the person has allowed. */
const LATER_CACHE = `clipscope-later ${SCOPE.href}`;
const SETTINGS_CACHE = `clipscope-settings ${SCOPE.href}`;
const HOSTS_ENTRY = addressOf('allowed-hosts.json');

/**
 * Why not every file at once: onnxruntime-web comes in three builds of 12 to 27 MB, and a browser uses the plain one
 * and, where it has WebGPU, one of the others. Should that guess be wrong, the file is kept when it is first asked for.
 */
const UNUSED_BUILDS = !('gpu' in navigator)
  ? 'jspi|asyncify'
  : 'Suspending' in WebAssembly
    ? 'asyncify'
    : 'jspi';
const UNUSED_FILE = new RegExp(`\\.(?:${UNUSED_BUILDS})-[\\w-]+\\.(?:mjs|wasm)$`);

const files = BUILD_FILES.map(({ url, revision }) => ({ url: addressOf(url), revision }));
const ours = new Set(files.map(({ url }) => url));
/** The weights of the larger built-in models. */
const largerModels = new Set(
  BUILT_IN_MODELS.slice(1).map(({ folder }) => addressOf(folder + CHECKPOINT_FILES.weights)),
);
const later = new Set([...ours].filter((url) => UNUSED_FILE.test(url) || largerModels.has(url)));

const precache = new PrecacheController({
  plugins: [
    {
      // Workbox fetches files without a hash past the browser's cache: the built-in model would come twice.
      requestWillFetch: async ({ request }) =>
        request.cache === 'reload' ? new Request(request, { cache: 'no-cache' }) : request,
    },
  ],
});
precache.addToCacheList(files.filter(({ url }) => !later.has(url)));

self.addEventListener('install', (event) => void precache.install(event));

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldFiles(event, 1).then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  const answer = (done: ServiceWorkerAnswer): void => event.ports[0]?.postMessage(done);
  event.waitUntil(
    obey(event.data as ServiceWorkerRequest).then(
      () => answer(true),
      () => answer(false),
    ),
  );
});

/**
 * Why other requests are left alone: those for ranges, for other origins and for files that are none of the build's
 * stream through the browser as if nobody stood between.
 */
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== SCOPE.origin || request.headers.has('range')) return;
  const address = isShell(request, url) ? SHELL : url.origin + url.pathname;
  const isMember = ours.has(address) || isOfOlderVersion(address);
  if (!isMember && !startsThread(request)) return;
  event.respondWith(answerTo(event, address));
  if (address === SHELL) event.waitUntil(forgetOldFiles(event, 0));
});

function addressOf(file: string): string {
  return new URL(file, SCOPE).href;
}

/** The page itself, by its folder's address or its own, whatever it is asked for in the query. */
function isShell({ mode }: Request, { pathname }: URL): boolean {
  return mode === 'navigate' && (pathname === SCOPE.pathname || pathname === new URL(SHELL).pathname);
}

/** A hashed file that is not of this version: a page opened before the update may still ask for it. */
function isOfOlderVersion(address: string): boolean {
  return address.startsWith(addressOf('assets/')) && !ours.has(address);
}

function startsThread({ destination }: Request): boolean {
  return destination === 'worker' || destination === 'sharedworker';
}

async function answerTo(event: FetchEvent, address: string): Promise<Response> {
  const response =
    (await precache.matchPrecache(address)) ??
    (await caches.match(address)) ??
    (await fetchAndKeep(event, address));
  const hasPolicy = address === SHELL || startsThread(event.request);
  return hasPolicy ? withHeaders(response, new URL(address)) : response;
}

async function fetchAndKeep(event: FetchEvent, address: string): Promise<Response> {
  const response = await fetch(event.request);
  if (response.ok && later.has(address)) {
    const copy = response.clone();
    const kept = caches.open(LATER_CACHE).then((cache) => cache.put(address, copy));
    // Without room it is fetched again the next time.
    event.waitUntil(kept.catch(() => undefined));
  }
  return response;
}

/**
 * Why the headers come from here: a host of static files may be unable to send them. Without isolation wasm has one
 * thread, and without the policy nothing keeps the pictures in.
 */
async function withHeaders(response: Response, { pathname }: URL): Promise<Response> {
  const headers = new Headers(response.headers);
  const hosts = [...connectHosts(headers.get('Content-Security-Policy') ?? ''), ...(await allowedHosts())];
  for (const [name, value] of Object.entries(headersFor(pathname, { hosts }))) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** @throws Error where a request cannot be obeyed: the page is answered `false`. */
async function obey(request: ServiceWorkerRequest): Promise<void> {
  if (request.kind === 'allowHosts') await allow(request.origins);
  else if (request.kind === 'takeOver') await self.skipWaiting();
  else await self.clients.claim();
}

async function allow(origins: readonly string[]): Promise<void> {
  if (origins.some((origin) => hostSource(origin) !== origin)) throw new Error('Not an origin');
  const hosts = [...new Set([...(await allowedHosts()), ...origins])];
  await (await caches.open(SETTINGS_CACHE)).put(HOSTS_ENTRY, Response.json(hosts));
}

async function allowedHosts(): Promise<readonly string[]> {
  const entry = await (await caches.open(SETTINGS_CACHE)).match(HOSTS_ENTRY);
  return (entry && readAs(listOf(v.string()), await entry.json())) ?? [];
}

/**
 * Deletes what only older versions needed, unless more than `atMost` pages are open.
 *
 * Why it looks at pages: an update is taken over by one of them, and the others, still of the older version, go on
 * asking for their files.
 */
async function forgetOldFiles(event: ExtendableEvent, atMost: number): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length > atMost) return;
  await precache.activate(event);
  const cache = await caches.open(LATER_CACHE);
  const old = (await cache.keys()).filter(({ url }) => !later.has(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}
