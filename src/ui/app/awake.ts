import { serial } from '../../core/tasks';

export interface AwakeParts {
  /** Undefined where the browser has no wake locks. */
  readonly wakeLock: Pick<WakeLock, 'request'> | undefined;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>;
}

/** Keeps the screen on, and so the machine from falling asleep, during long work on a page that is seen. */
export class Awake {
  readonly #parts: AwakeParts;
  readonly #inTurn = serial();
  #working = false;
  #lock: WakeLockSentinel | undefined;

  constructor(parts: AwakeParts) {
    this.#parts = parts;
    // The browser takes the lock away from a hidden page and does not give it back.
    parts.page.addEventListener('visibilitychange', () => void this.#settle());
  }

  /** Whether there is work worth staying awake for. Where the browser refuses, the work goes on without. */
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
