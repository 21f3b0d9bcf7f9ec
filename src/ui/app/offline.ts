import type { ServiceWorkerAnswer, ServiceWorkerRequest } from '../../../workers/service-worker-api';

/** The part of the browser that keeps the page; undefined where there is none, or in development. */
export function serviceWorkers(): ServiceWorkerContainer | undefined {
  // Firefox's private windows have none, and no page that came over http from another machine.
  return import.meta.env.PROD && 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
}

/** Asks `worker` and resolves with whether it obeyed. */
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
 * Lets models come from these origins too, such as `https://mirror.example` or `http://127.0.0.1:8000`, now and on
 * later visits. A models worker that is running goes on under the policy that it started with.
 * @returns whether a models worker started from now on may reach them: false where no service worker controls the page
 *   (a first visit that has just begun, development) and where one of them is no http(s) origin.
 */
export async function allowHosts(origins: readonly string[]): Promise<boolean> {
  const controller = serviceWorkers()?.controller;
  return controller ? ask(controller, { kind: 'allowHosts', origins }) : false;
}

/** What `Offline` needs of this browser. */
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

/** Runs `work` when the browser has nothing better to do. */
export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work);
  else setTimeout(work);
}
