/** What the page asks of the service worker. Types only. */

/** `takeOver`: replace the version in use. `claim`: control the pages that are not. `allowHosts`: let models come from there. */
export type ServiceWorkerRequest =
  | { readonly kind: 'takeOver' | 'claim' }
  | { readonly kind: 'allowHosts'; readonly origins: readonly string[] };

/** Posted to the port that comes with the request: whether it was done. */
export type ServiceWorkerAnswer = boolean;
