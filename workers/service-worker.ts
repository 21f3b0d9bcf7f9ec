import * as v from 'valibot';
import { PrecacheController } from 'workbox-precaching/PrecacheController.js';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { listOf, readAs } from '../src/core/schema';
import { connectHosts, headersFor, hostSource } from '../tools/headers.js';
import type { ServiceWorkerAnswer, ServiceWorkerRequest } from './service-worker-api';

declare const self: ServiceWorkerGlobalScope;

/** Injected by the build: each file's URL relative to the page, and a digest if its name has no hash. */
declare const BUILD_FILES: readonly { readonly url: string; readonly revision: string | null }[];

const SCOPE = new URL(self.registration.scope);
const SHELL = addressOf('index.html');

/** Files too large to precache, cached on first use; and the hosts the user has allowed. */
const LATER_CACHE = `clipscope-later ${SCOPE.href}`;
const SETTINGS_CACHE = `clipscope-settings ${SCOPE.href}`;
const HOSTS_ENTRY = addressOf('allowed-hosts.json');

/**
 * Why not precache everything: onnxruntime-web comes in three builds of 12 to 27 MB, and a browser uses the plain one
 * and, with WebGPU, one of the others. If this guess is wrong, the file is cached on first use.
 */
const UNUSED_BUILDS = !('gpu' in navigator)
  ? 'jspi|asyncify'
  : 'Suspending' in WebAssembly
    ? 'asyncify'
    : 'jspi';
const UNUSED_FILE = new RegExp(`\\.(?:${UNUSED_BUILDS})-[\\w-]+\\.(?:mjs|wasm)$`);
/** What draws SVG, which few photo libraries have. */
const DRAWING_FILE = /\/(?:index_bg-[\w-]+\.wasm|DejaVuSans-[\w-]+\.ttf)$/;
/** What draws plots, which few visits show. */
const PLOT_FILE = /\/open-scaling-[\w-]+\.js$/;

const files = BUILD_FILES.map(({ url, revision }) => ({ url: addressOf(url), revision }));
const ours = new Set(files.map(({ url }) => url));
/** The weights of the built-in models that the page does not open with. */
const otherModels = new Set(
  BUILT_IN_MODELS.slice(1).map(({ folder }) => addressOf(folder + CHECKPOINT_FILES.weights)),
);
/** Each file that is cached later, and what it is cached as: a file whose name has no hash is another one in each version. */
const later = new Map(
  files
    .filter(
      ({ url }) =>
        [UNUSED_FILE, DRAWING_FILE, PLOT_FILE].some((kind) => kind.test(url)) || otherModels.has(url),
    )
    .map(({ url, revision }) => [url, revision === null ? url : `${url}?revision=${revision}`]),
);

const precache = new PrecacheController({
  plugins: [
    {
      // Workbox bypasses the HTTP cache for files without a hash: the built-in model would be downloaded twice.
      requestWillFetch: async ({ request }) =>
        request.cache === 'reload' ? new Request(request, { cache: 'no-cache' }) : request,
    },
  ],
});
precache.addToCacheList(files.filter(({ url }) => !later.has(url)));

self.addEventListener('install', (event) => void precache.install(event));

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOldFiles(event, 1).then(keepUsed).then(claim));
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
 * Why other requests are left alone: range requests, other origins and files outside the build stream straight
 * through the browser.
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

/** The page itself, by its folder's URL or its own, with any query. */
function isShell({ mode }: Request, { pathname }: URL): boolean {
  return mode === 'navigate' && (pathname === SCOPE.pathname || pathname === new URL(SHELL).pathname);
}

/** A hashed file of an older version, which a page opened before the update may still request. */
function isOfOlderVersion(address: string): boolean {
  return address.startsWith(addressOf('assets/')) && !ours.has(address);
}

function startsThread({ destination }: Request): boolean {
  return destination === 'worker' || destination === 'sharedworker';
}

async function answerTo(event: FetchEvent, address: string): Promise<Response> {
  const response =
    (await precache.matchPrecache(address)) ??
    (await caches.match(later.get(address) ?? address)) ??
    (await fetchAndKeep(event, address));
  const hasPolicy = address === SHELL || startsThread(event.request);
  return hasPolicy ? withHeaders(response, new URL(address)) : response;
}

async function fetchAndKeep(event: FetchEvent, address: string): Promise<Response> {
  const response = await fetch(event.request);
  const key = later.get(address);
  // Of nothing else: a copy that nobody reads is held in memory as it arrives.
  if (response.ok && key !== undefined) event.waitUntil(keep(key, response.clone()));
  return response;
}

/** Caches a file that was to be cached later, as `key`. If storage is full, it is fetched again next time. */
async function keep(key: string, response: Response): Promise<void> {
  const kept = caches.open(LATER_CACHE).then((cache) => cache.put(key, response));
  await kept.catch(() => undefined);
}

/**
 * Caches what a page has used before it was controlled, such as the model that was chosen on a first visit: the browser's
 * own cache may still have it, and tells so without asking the network.
 */
async function keepUsed(): Promise<void> {
  const used = async ([address, key]: readonly [string, string]): Promise<void> => {
    if (await caches.match(key)) return;
    const held = await fetch(address, { cache: 'only-if-cached', mode: 'same-origin' });
    if (!held.ok) return;
    // It may be of an older version.
    const current = await fetch(address, { cache: 'no-cache' });
    if (current.ok) await keep(key, current);
  };
  await Promise.allSettled([...later].map(used));
}

/**
 * Why the headers are added here: a static host may be unable to send them. Without isolation wasm has one thread, and
 * without the policy nothing stops pictures from leaving the page.
 */
async function withHeaders(response: Response, { pathname }: URL): Promise<Response> {
  const headers = new Headers(response.headers);
  const hosts = [...connectHosts(headers.get('Content-Security-Policy') ?? ''), ...(await allowedHosts())];
  for (const [name, value] of Object.entries(headersFor(pathname, { hosts }))) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** @throws Error if the request fails: the page then receives `false`. */
async function obey(request: ServiceWorkerRequest): Promise<void> {
  if (request.kind === 'allowHosts') await allow(request.origins);
  else if (request.kind === 'takeOver') await self.skipWaiting();
  else claim();
}

/**
 * Takes control of the open pages.
 *
 * Why it is not waited for: in Firefox it does not settle while a page runs threads of wasm, and every request waits
 * until the activation is over.
 */
function claim(): void {
  // It rejects once another version is active: then there is nothing to take.
  self.clients.claim().catch(() => undefined);
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
 * Deletes files needed only by older versions, unless more than `atMost` pages are open.
 *
 * Why it counts pages: one page triggers the update, while the others still run the older version and request its
 * files.
 */
async function forgetOldFiles(event: ExtendableEvent, atMost: number): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length > atMost) return;
  await precache.activate(event);
  const cache = await caches.open(LATER_CACHE);
  const current = new Set(later.values());
  const old = (await cache.keys()).filter(({ url }) => !current.has(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}
