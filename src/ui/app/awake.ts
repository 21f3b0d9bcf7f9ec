import { serial } from '../../core/tasks';

export interface AwakeParts {
  /** Undefined if the browser has no wake locks. */
  readonly wakeLock: Pick<WakeLock, 'request'> | undefined;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>;
}

/** Keeps the screen on, and so the machine awake, during long work on a visible page. */
export class Awake {
  readonly #parts: AwakeParts;
  readonly #inTurn = serial();
  #working = false;
  #lock: WakeLockSentinel | undefined;

  constructor(parts: AwakeParts) {
    this.#parts = parts;
    // The browser releases a hidden page's lock and does not restore it.
    parts.page.addEventListener('visibilitychange', () => void this.#settle());
  }

  /** Sets whether there is work to stay awake for. If the browser refuses the lock, work continues without it. */
  during(working: boolean): void {
    this.#working = working;
    void this.#settle();
  }

  #settle(): Promise<void> {
    const { wakeLock, page } = this.#parts;
    return this.#inTurn(async () => {
      const isWanted = this.#working && page.visibilityState === 'visible';
      if (!isWanted) {
        await this.#lock?.release();
        this.#lock = undefined;
      } else if (this.#lock?.released ?? true) {
        this.#lock = await wakeLock?.request('screen').catch(() => undefined);
      }
    });
  }
}
