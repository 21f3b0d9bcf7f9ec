import { openConnection, stopped, type Connection } from '../../src/hub/connection';

/** The official hub allows CORS from every page: a failure there is the network's, not a refusal. */
const READABLE = ['https://huggingface.co'];

/** The parts of a worker's global scope in use. */
interface NetworkedWorker extends Pick<EventTarget, 'addEventListener'> {
  readonly fetch: typeof fetch;
  readonly navigator: { readonly onLine: boolean };
}

/** The network as a worker may use it. */
export function connectionOf(worker: NetworkedWorker): Connection {
  /** Origins blocked by this worker's Content-Security-Policy. */
  const refused = new Set<string>();
  worker.addEventListener('securitypolicyviolation', (event) => {
    // TypeScript types this event for documents only.
    const { blockedURI } = event as Event & { readonly blockedURI: string };
    if (URL.canParse(blockedURI)) refused.add(new URL(blockedURI).origin);
  });
  return openConnection({
    fetch: (url, init) => worker.fetch(url, init),
    online: () => worker.navigator.onLine,
    async forbidden(url) {
      // The violation event fires after the fetch has failed.
      await new Promise((resolve) => setTimeout(resolve));
      // Reported once: a later failure may have another cause.
      return refused.delete(new URL(url).origin);
    },
    sleep,
    random: () => Math.random(),
    readable: READABLE,
  });
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(stopped());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
