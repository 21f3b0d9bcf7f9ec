/** A bound on what is in memory at once, such as pixels. Who comes first is let in first. */
export class Room {
  readonly #most: number;
  #free: number;
  readonly #waiting: { readonly size: number; readonly enter: () => void }[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#free = most;
  }

  /** Runs `work` once there is room for `size`; what is larger than all there is runs alone. */
  async with<T>(size: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(size, this.#most);
    await new Promise<void>((enter) => {
      this.#waiting.push({ size: taken, enter });
      this.#letIn();
    });
    try {
      return await work();
    } finally {
      this.#free += taken;
      this.#letIn();
    }
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next && next.size <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.size;
      next.enter();
    }
  }
}
