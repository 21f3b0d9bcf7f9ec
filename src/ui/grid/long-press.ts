/** A place on the screen, in CSS pixels. */
interface Place {
  readonly clientX: number;
  readonly clientY: number;
}

export interface LongPressParts {
  /** Runs `work` after some milliseconds; the result cancels that. */
  readonly after: (milliseconds: number, work: () => void) => () => void;
  readonly onpress: (id: number) => void;
}

/** How long a finger rests on something until that is a long press, in milliseconds: as on phones. */
const LONG = 500;

/** A finger that moves further than this, in CSS pixels, scrolls. */
const STILL = 10;

/** Notices a finger that rests on a photo. */
export class LongPress {
  readonly #parts: LongPressParts;
  #from: Place | undefined;
  #cancel: (() => void) | undefined;
  #isLong = false;

  constructor(parts: LongPressParts) {
    this.#parts = parts;
  }

  /** Whether a finger is down. */
  get isDown(): boolean {
    return this.#from !== undefined;
  }

  /** A finger came down on photo `id`. */
  begin(id: number, { clientX, clientY }: Place): void {
    this.end();
    this.#isLong = false;
    this.#from = { clientX, clientY };
    this.#cancel = this.#parts.after(LONG, () => {
      this.#isLong = true;
      this.#parts.onpress(id);
    });
  }

  move({ clientX, clientY }: Place): void {
    if (!this.#from) return;
    const moved = Math.hypot(clientX - this.#from.clientX, clientY - this.#from.clientY);
    if (moved > STILL) this.#cancel?.();
  }

  /** The finger was lifted, or the browser scrolls with it. */
  end(): void {
    this.#cancel?.();
    this.#from = undefined;
  }

  /** Whether a click is only the end of a long press. */
  takesClick(): boolean {
    const isLong = this.#isLong;
    this.#isLong = false;
    return isLong;
  }
}
