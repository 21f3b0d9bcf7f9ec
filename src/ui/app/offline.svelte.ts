import { ask } from './offline';
import type { Notices } from '../kit/notices.svelte';

/**
 * Why a reload is offered: `update`, a new version of the page is here; `isolation`, the page's host does not isolate
 * it, which the service worker does from the next load on, and wasm then has more than one thread.
 */
export type Offer = 'update' | 'isolation';

export interface OfflineParts {
  /** Undefined where the browser has none. */
  readonly container: ServiceWorkerContainer | undefined;
  /** The service worker's script. */
  readonly script: URL;
  readonly page: Pick<Document, 'addEventListener' | 'visibilityState'>;
  readonly isolated: boolean;
  /** Outlives a reload, not the tab. */
  memory(): Pick<Storage, 'getItem' | 'setItem'>;
  reload(): void;
  /** Whether a reload would cost the person nothing. */
  untouched(): boolean;
  readonly notices: Pick<Notices, 'say'>;
}

/** What each offer says. */
export const OFFER_WORDS: Readonly<Record<Offer, string>> = {
  update: 'A new version is ready',
  isolation: 'After a reload this page runs faster',
};

const RELOADED = 'clipscope reloaded for isolation';

/** Keeps the page for use without a network, and tells when a reload is worth it. */
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

  /** The reload that is offered. */
  get offer(): Offer | undefined {
    return this.#offer;
  }

  /** Registers the service worker, once. Where that is refused, the page is as good as before. */
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
    // Loaded past the service worker, as a forced reload does.
    if (!container.controller && registration.active) void ask(registration.active, { kind: 'claim' });
  }

  /** Takes the offer: the page reloads, with the new version where there is one. */
  accept(): void {
    const waiting = this.#registration?.waiting;
    if (this.#offer === 'update' && waiting) {
      this.#accepted = true;
      void ask(waiting, { kind: 'takeOver' });
    } else this.#parts.reload();
  }

  /** Until there is another one. */
  dismiss(): void {
    this.#offer = undefined;
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const { page } = this.#parts;
    if (registration.waiting) this.#tellOf('update');
    else this.#follow(registration.installing);
    registration.addEventListener('updatefound', () => this.#follow(registration.installing));
    // A browser looks for a new version when a page is opened, and an app may stay open for weeks.
    page.addEventListener('visibilitychange', () => {
      if (page.visibilityState === 'visible') registration.update().catch(() => undefined);
    });
  }

  #follow(installing: ServiceWorker | null): void {
    installing?.addEventListener('statechange', () => {
      // The first of all has nobody to wait for.
      if (installing.state === 'installed' && this.#registration?.active) this.#tellOf('update');
    });
  }

  /** Another service worker controls the page now. */
  #taken(): void {
    if (this.#accepted) this.#parts.reload();
    // Another tab has taken the update. This one goes on with the old version's files, which are kept meanwhile.
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
    // Taken in one tab, an update is news in the others only once.
    if (this.#offer === offer) return;
    this.#offer = offer;
    this.#parts.notices.say(OFFER_WORDS[offer]);
  }
}
