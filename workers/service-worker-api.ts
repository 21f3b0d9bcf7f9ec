/** What the page asks of the service worker. Types only. */

/** `takeOver`: replace the version in use. `claim`: control uncontrolled pages. `allowHosts`: for model downloads. */
export type ServiceWorkerRequest =
  | { readonly kind: 'takeOver' | 'claim' }
  | { readonly kind: 'allowHosts'; readonly origins: readonly string[] };

/** Posted to the request's port: whether it succeeded. */
export type ServiceWorkerAnswer = boolean;
