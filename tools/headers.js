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

/**
 * The Content-Security-Policy: nothing leaves the page's own origin.
 *
 * Why no `blob:` for scripts and workers: onnxruntime-web makes blob scripts only for files of another origin or for
 * its proxy worker. Ours come from the page's own origin, and its threads start from the URL of its own module.
 * Why no 'unsafe-eval': 'wasm-unsafe-eval' compiles wasm and nothing else, and that is all it needs.
 * Why inline styles: Svelte's `style:` directives and floating panels set style attributes.
 *
 * @param {{ hotReload?: boolean }} [options] `hotReload` admits the development server's WebSocket.
 */
export function contentSecurityPolicy({ hotReload = false } = {}) {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src 'self'${hotReload ? ' ws:' : ''}`,
    "img-src 'self' blob: data:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * All headers a page or a file is sent with.
 *
 * @param {{ hotReload?: boolean }} [options]
 * @returns {Record<string, string>}
 */
export function pageHeaders(options) {
  return {
    ...isolationHeaders,
    'Content-Security-Policy': contentSecurityPolicy(options),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
