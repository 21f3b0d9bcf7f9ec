import type { ServiceWorkerAnswer, ServiceWorkerRequest } from '../../../workers/service-worker-api';

/** The browser's service worker container; undefined if unavailable, or in development. */
export function serviceWorkers(): ServiceWorkerContainer | undefined {
  // Missing in Firefox's private windows and on pages over http from another machine.
  return import.meta.env.PROD && 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
}

/** Sends a request to `worker`; resolves with whether it succeeded. */
export function ask(
  worker: Pick<ServiceWorker, 'postMessage'>,
  request: ServiceWorkerRequest,
): Promise<ServiceWorkerAnswer> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<ServiceWorkerAnswer>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(request, [port2]);
  });
}

/**
 * Allows model downloads from these origins too, such as `https://mirror.example` or `http://127.0.0.1:8000`, now and
 * on later visits. A running models worker keeps the policy it started with.
 * @returns whether a models worker started from now on may reach them: false if no service worker controls the page
 *   (early in a first visit, development) or one of them is not an http(s) origin.
 */
export async function allowHosts(origins: readonly string[]): Promise<boolean> {
  const controller = serviceWorkers()?.controller;
  return controller ? ask(controller, { kind: 'allowHosts', origins }) : false;
}

/** The parts of this browser that `Offline` uses. */
export function browserParts() {
  return {
    container: serviceWorkers(),
    script: new URL('service-worker.js', document.baseURI),
    page: document,
    isolated: crossOriginIsolated,
    memory: () => sessionStorage,
    reload: () => location.reload(),
  };
}

/** Runs `work` when the browser is idle. */
export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work);
  else setTimeout(work);
}
