/**
 * The HTTP headers of every answer: one place for the development server, the preview and `npm start`.
 * A static host that serves `dist/` should send the same.
 */

/**
 * Cross-origin isolation, without which there is no SharedArrayBuffer and so no threaded wasm. Every answer
 * carries them: a worker's own script must too, or the worker is refused.
 */
export const isolationHeaders = Object.freeze({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
});

/** Where official checkpoints lie, as sources of a Content-Security-Policy: the hub, and the hosts it sends one on to. */
export const HUB_SOURCES = Object.freeze([
  'https://huggingface.co',
  'https://*.huggingface.co',
  'https://*.hf.co',
]);

/**
 * The Content-Security-Policy: nothing leaves the page's own origin.
 *
 * Why no `blob:` for scripts and workers: onnxruntime-web makes blob scripts only for files of another origin or for
 * its proxy worker. Ours come from the page's own origin, and its threads start from the URL of its own module.
 * Why no 'unsafe-eval': 'wasm-unsafe-eval' compiles wasm and nothing else, and that is all it needs.
 * Why inline styles: Svelte's `style:` directives and floating panels set style attributes.
 *
 * @param {{ hotReload?: boolean, connect?: readonly string[] }} [options] `hotReload` admits the development server's
 *   WebSocket, `connect` these sources beside the page's own origin.
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

/**
 * All headers the file at `pathname` is sent with.
 *
 * Why one worker may reach the hub: a dedicated worker lives under the policy of its own script's answer. The models
 * worker downloads and sees no picture; every other thread, those with the pictures among them, reaches no one.
 *
 * @param {string} pathname
 * @param {{ hotReload?: boolean, hosts?: readonly string[] }} [options] `hosts`: origins that models may come from
 *   beside the hub.
 * @returns {Record<string, string>}
 */
export function headersFor(pathname, { hotReload = false, hosts = [] } = {}) {
  const connect = isModelsWorker(pathname) ? [...HUB_SOURCES, ...hosts] : [];
  return {
    ...isolationHeaders,
    'Content-Security-Policy': contentSecurityPolicy({ hotReload, connect }),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/**
 * Whether `pathname` names the script of the worker that downloads models, in the sources or in a build.
 *
 * @param {string} pathname
 */
export function isModelsWorker(pathname) {
  return /(?:^|\/)models\.worker(?:\.ts|-[\w-]{8}\.js)$/.test(pathname);
}

/**
 * The origin of an http(s) address, fit to stand in a policy; undefined for anything else.
 *
 * @param {string} address
 * @returns {string | undefined}
 */
export function hostSource(address) {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  // A URL's host may hold a `;` or a `,`, which would end the directive or the policy.
  return /^https?:\/\/[\w.-]+(?::\d+)?$/.test(origin) ? origin : undefined;
}

/**
 * The origins that `policy` lets its document or worker connect to, patterns and keywords left out.
 *
 * @param {string} policy
 * @returns {string[]}
 */
export function connectHosts(policy) {
  const [, sources = ''] = /(?:^|;)\s*connect-src\s([^;]*)/.exec(policy) ?? [];
  return sources.split(/\s+/).filter((source) => hostSource(source) === source);
}
