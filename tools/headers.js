/**
 * The HTTP headers of every response, shared by the development server, the preview and `npm start`.
 * A static host that serves `dist/` should send the same.
 */

/**
 * Cross-origin isolation, without which there is no SharedArrayBuffer and so no threaded wasm. Sent with every
 * response: a worker script without them is blocked.
 */
export const isolationHeaders = Object.freeze({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
});

/** The hosts of official checkpoints, as Content-Security-Policy sources: the hub and its redirect targets. */
export const HUB_SOURCES = Object.freeze([
  'https://huggingface.co',
  'https://*.huggingface.co',
  'https://*.hf.co',
]);

/**
 * The Content-Security-Policy: nothing leaves the page's own origin.
 *
 * Why no `blob:` for scripts and workers: onnxruntime-web makes blob scripts only for cross-origin files or its proxy
 * worker. Ours are same-origin, and its threads start from the URL of its own module.
 * Why no 'unsafe-eval': 'wasm-unsafe-eval', which only allows compiling wasm, is enough.
 * Why inline styles: Svelte's `style:` directives and floating panels set style attributes.
 *
 * @param {{ hotReload?: boolean, connect?: readonly string[] }} [options] `hotReload` allows the development server's
 *   WebSocket, `connect` further sources besides the page's own origin.
 */
export function contentSecurityPolicy({ hotReload = false, connect = [] } = {}) {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    ["connect-src 'self'", ...(hotReload ? ['ws:'] : []), ...new Set(connect)].join(' '),
    "img-src 'self' blob: data:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** What only the page itself may ask the user for, and what nobody may. */
const PERMISSIONS = 'camera=(self), microphone=(), geolocation=()';

/**
 * All headers for the file at `pathname`.
 *
 * Why one worker may reach the hub: a dedicated worker is governed by the policy sent with its own script. The models
 * worker downloads but sees no picture; every other thread, including those with pictures, has no network access.
 *
 * @param {string} pathname
 * @param {{ hotReload?: boolean, hosts?: readonly string[] }} [options] `hosts`: allowed model origins besides the hub.
 * @returns {Record<string, string>}
 */
export function headersFor(pathname, { hotReload = false, hosts = [] } = {}) {
  const connect = isModelsWorker(pathname) ? [...HUB_SOURCES, ...hosts] : [];
  return {
    ...isolationHeaders,
    'Content-Security-Policy': contentSecurityPolicy({ hotReload, connect }),
    'Permissions-Policy': PERMISSIONS,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/**
 * Whether `pathname` is the script of the models worker, in the sources or in a build.
 *
 * @param {string} pathname
 */
export function isModelsWorker(pathname) {
  return /(?:^|\/)models\.worker(?:\.ts|-[\w-]{8}\.js)$/.test(pathname);
}

/**
 * The origin of an http(s) URL, safe for use in a policy; undefined for anything else.
 *
 * @param {string} address
 * @returns {string | undefined}
 */
export function hostSource(address) {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  // A URL's host may contain `;` or `,`, which would end the directive or the policy.
  return /^https?:\/\/[\w.-]+(?::\d+)?$/.test(origin) ? origin : undefined;
}

/**
 * The origins in the connect-src of `policy`, without patterns and keywords.
 *
 * @param {string} policy
 * @returns {string[]}
 */
export function connectHosts(policy) {
  const [, sources = ''] = /(?:^|;)\s*connect-src\s([^;]*)/.exec(policy) ?? [];
  return sources.split(/\s+/).filter((source) => hostSource(source) === source);
}
