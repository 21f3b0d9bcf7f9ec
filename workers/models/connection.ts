import { openConnection, stopped, type Connection } from '../../src/hub/connection';

/** The official hub lets every page read: where it is silent, the network is. */
const READABLE = ['https://huggingface.co'];

/** What is used of a worker's global scope. */
interface NetworkedWorker extends Pick<EventTarget, 'addEventListener'> {
  readonly fetch: typeof fetch;
  readonly navigator: { readonly onLine: boolean };
}

/** The network as a worker may use it. */
export function connectionOf(worker: NetworkedWorker): Connection {
  /** Origins that this worker's policy kept it from. */
  const refused = new Set<string>();
  worker.addEventListener('securitypolicyviolation', (event) => {
    // The types know this event's own kind in documents only.
    const { blockedURI } = event as Event & { readonly blockedURI: string };
    if (URL.canParse(blockedURI)) refused.add(new URL(blockedURI).origin);
  });
  return openConnection({
    fetch: (url, init) => worker.fetch(url, init),
    online: () => worker.navigator.onLine,
    async forbidden(url) {
      // The report comes as an event of its own, after the refusal.
      await new Promise((resolve) => setTimeout(resolve));
      // Told once: a later silence has reasons of its own.
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
