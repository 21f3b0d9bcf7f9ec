import { ask } from './offline';
import type { Notices } from '../kit/notices.svelte';

/**
 * Why a reload is offered: `update`, a new version is ready; `isolation`, the host does not isolate the page, but the
 * service worker will after a reload, and wasm then has more than one thread.
 */
export type Offer = 'update' | 'isolation';

export interface OfflineParts {
  /** Undefined if the browser has none. */
  readonly container: ServiceWorkerContainer | undefined;
  /** The service worker's script. */
  readonly script: URL;
  readonly page: Pick<Document, 'addEventListener' | 'visibilityState'>;
  readonly isolated: boolean;
  /** Survives a reload, but not the tab. */
  memory(): Pick<Storage, 'getItem' | 'setItem'>;
  reload(): void;
  /** Whether a reload would lose nothing. */
  untouched(): boolean;
  readonly notices: Pick<Notices, 'say'>;
}

/** What each offer says. */
export const OFFER_WORDS: Readonly<Record<Offer, string>> = {
  update: 'A new version is ready',
  isolation: 'After a reload this page runs faster',
};

const RELOADED = 'clipscope reloaded for isolation';

/** Caches the page for offline use, and offers a reload when it pays off. */
export class Offline {
  #offer = $state<Offer | undefined>(undefined);

  readonly #parts: OfflineParts;
  #registration: ServiceWorkerRegistration | undefined;
  #started = false;
  #controlled = false;
  #accepted = false;

  constructor(parts: OfflineParts) {
    this.#parts = parts;
  }

  /** The current offer. */
  get offer(): Offer | undefined {
    return this.#offer;
  }

  /** Registers the service worker, once. If that fails, the page works as before. */
  async start(): Promise<void> {
    const { container, script } = this.#parts;
    if (!container || this.#started) return;
    this.#started = true;
    this.#controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => this.#taken());
    const registration = await container.register(script).catch(() => undefined);
    if (!registration) return;
    this.#registration = registration;
    this.#watch(registration);
    // Loaded bypassing the service worker, as by a forced reload.
    if (!container.controller && registration.active) void ask(registration.active, { kind: 'claim' });
  }

  /** Accepts the offer: reloads the page, with the new version if there is one. */
  accept(): void {
    const waiting = this.#registration?.waiting;
    if (this.#offer === 'update' && waiting) {
      this.#accepted = true;
      void ask(waiting, { kind: 'takeOver' });
    } else this.#parts.reload();
  }

  /** Hides the offer until the next one. */
  dismiss(): void {
    this.#offer = undefined;
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const { page } = this.#parts;
    if (registration.waiting) this.#tellOf('update');
    else this.#follow(registration.installing);
    registration.addEventListener('updatefound', () => this.#follow(registration.installing));
    // A browser checks for a new version when a page is opened, but an app may stay open for weeks.
    page.addEventListener('visibilitychange', () => {
      if (page.visibilityState === 'visible') registration.update().catch(() => undefined);
    });
  }

  #follow(installing: ServiceWorker | null): void {
    installing?.addEventListener('statechange', () => {
      // The very first version is not an update.
      if (installing.state === 'installed' && this.#registration?.active) this.#tellOf('update');
    });
  }

  /** Another service worker has taken control of the page. */
  #taken(): void {
    if (this.#accepted) this.#parts.reload();
    // Another tab has updated. This one continues with the old version's files, which stay cached meanwhile.
    else if (this.#controlled) this.#tellOf('update');
    else {
      this.#controlled = true;
      if (!this.#parts.isolated) this.#isolate();
    }
  }

  #isolate(): void {
    const { memory, untouched, reload } = this.#parts;
    if (memory().getItem(RELOADED) === null && untouched()) {
      memory().setItem(RELOADED, 'yes');
      reload();
    } else this.#tellOf('isolation');
  }

  #tellOf(offer: Offer): void {
    // After one tab has updated, the others announce it only once.
    if (this.#offer === offer) return;
    this.#offer = offer;
    this.#parts.notices.say(OFFER_WORDS[offer]);
  }
}
