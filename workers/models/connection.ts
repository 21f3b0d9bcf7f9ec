import { openConnection, stopped, type Connection } from '../../src/hub/connection';

/** The official hub lets every page read: where it is silent, the network is. */
const READABLE = ['https://huggingface.co'];

/** Origins that this worker's policy kept it from. */
const refused = new Set<string>();

self.addEventListener('securitypolicyviolation', (event) => {
  // The types know this event's own kind in documents only.
  const { blockedURI } = event as Event & { readonly blockedURI: string };
  if (URL.canParse(blockedURI)) refused.add(new URL(blockedURI).origin);
});

/** The network as this worker may use it. */
export const connection: Connection = openConnection({
  fetch: (url, init) => fetch(url, init),
  online: () => navigator.onLine,
  async forbidden(url) {
    // The report comes as an event of its own, after the refusal.
    await new Promise((resolve) => setTimeout(resolve));
    // Told once: a later silence has reasons of its own.
    return refused.delete(new URL(url).origin);
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
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
    }),
  random: () => Math.random(),
  readable: READABLE,
});
