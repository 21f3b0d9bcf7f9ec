/** A browser's history: going takes effect later, when the test says so by `settle`. */
export class FakeHistory {
  readonly entries: { state: unknown; address: string }[] = [{ state: null, address: '' }];
  at = 0;
  scrollRestoration: ScrollRestoration = 'auto';
  /** Whether it refuses to be written, as browsers do after very many times. */
  isFull = false;
  /** Called with the state of the entry arrived at. */
  onArrive: (state: unknown) => void = () => {};
  #going: number[] = [];

  get state(): unknown {
    return this.entries[this.at]?.state;
  }

  /** Addresses up to the current entry, then, after "|", those ahead. */
  get addresses(): string {
    const names = this.entries.map(({ address }) => address);
    return [...names.slice(0, this.at + 1), '|', ...names.slice(this.at + 1)].join(' ');
  }

  pushState(state: unknown, _unused: string, address?: string | URL | null): void {
    this.#write(this.at + 1, state, address);
    this.entries.splice(this.at + 1);
  }

  replaceState(state: unknown, _unused: string, address?: string | URL | null): void {
    this.#write(this.at, state, address);
  }

  go(by = 0): void {
    this.#going.push(by);
  }

  /** Lets everything that is on its way arrive, what that causes included. */
  settle(): void {
    for (let by = this.#going.shift(); by !== undefined; by = this.#going.shift()) {
      if (!this.entries[this.at + by]) throw new Error('It has left the page');
      this.at += by;
      this.onArrive(this.state);
    }
  }

  /** The person goes back or forward. */
  press(by: -1 | 1): void {
    this.go(by);
    this.settle();
  }

  #write(at: number, state: unknown, address: string | URL | null = ''): void {
    if (this.isFull) throw new DOMException('Too many calls', 'SecurityError');
    if (this.#going.length > 0) throw new Error('It is written to on its way');
    this.entries[at] = { state: structuredClone(state), address: String(address) };
    this.at = at;
  }
}
