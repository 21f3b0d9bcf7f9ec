import { Failure } from '../../../core/failure';

/** Where the work of one run waits while it is paused, and learns that it is stopped. */
export class Gate {
  #isClosed = $state(false);
  #waiting: { readonly pass: () => void; readonly refuse: (error: unknown) => void }[] = [];
  #isStopped = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Lets through what waits, and all that comes. */
  open(): void {
    this.#isClosed = false;
    for (const { pass } of this.#waiting.splice(0)) pass();
  }

  /** Turns away what waits, and all that comes, for good. */
  stop(): void {
    this.#isStopped = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(stopped());
  }

  /** @throws Cancelled once it is stopped */
  check(): void {
    if (this.#isStopped) throw stopped();
  }

  /** Resolves when it is open. @throws Cancelled once it is stopped */
  async pass(): Promise<void> {
    this.check();
    if (this.#isClosed) {
      await new Promise<void>((pass, refuse) => this.#waiting.push({ pass, refuse }));
    }
  }
}

function stopped(): Failure {
  return new Failure('Cancelled', 'The measurement was stopped.');
}
