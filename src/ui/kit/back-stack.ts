/** Something on the page that Back takes away. */
export interface Layer {
  /** What it is; two layers of one kind may show different things. */
  readonly kind: string;
}

export interface BackStackParts<L extends Layer> {
  readonly history: Pick<History, 'state' | 'pushState' | 'replaceState' | 'go'>;
  /**
   * The person has gone back or forward: the page must show these layers, and then tell by `show` what it shows.
   * Undefined: an address that the person has edited, to be read anew.
   */
  readonly onArrive: (layers: readonly L[] | undefined) => void;
  /** A layer as it is kept in the history, where it outlasts the page. */
  readonly stored: (layer: L) => unknown;
  /** The reverse of `stored`; undefined if it cannot be read. */
  readonly restored: (value: unknown) => L | undefined;
  /** Does `work` after a pause, in which a browser that refused may change its mind. */
  readonly later?: (work: () => void) => void;
}

/** In milliseconds. WebKit refuses for some seconds what comes after very many entries. */
const PAUSE = 2000;

/** What an entry of the history keeps. */
interface Entry {
  /** The same for entries that lie one upon the other. */
  readonly base: number;
  /** Those of the entries below it, and its own. */
  readonly layers: readonly unknown[];
}

/**
 * Gives every layer of the page an entry of the history, the lowest one the entry the page was opened with. A layer that
 * is closed takes its entry along, so that Back never seems to do nothing.
 */
// Why every entry names all layers below it: going forward, or after a reload, the page may have to open several. Why
// layers are compared by kind: another text in the search line, or the next photo, is no place of its own to go back to.
// Why one thing at a time: `history.go` takes effect later, and until then the history must not be written to.
export class BackStack<L extends Layer> {
  readonly #parts: BackStackParts<L>;
  #base = Math.random();
  /** Of the current entry and those below it, then of those ahead. */
  #known: readonly L[] = [];
  /** Place of the current entry in `#known`; -1 if it has no layer yet. */
  #depth = -1;
  #wanted: readonly L[] = [];
  /** The address of the page with those. */
  #address = '';
  /** The address last written, with the layers up to `#depth`. */
  #written: string | undefined;
  /** The place on the way to, by itself. */
  #leavingTo: number | undefined;
  /** What the browser refused is to be written later. */
  #isPutOff = false;

  constructor(parts: BackStackParts<L>) {
    this.#parts = parts;
    const entry = this.#read(parts.history.state);
    if (entry) this.#enter(entry);
  }

  /** The layers up to the current entry; empty on a page just opened. */
  get layers(): readonly L[] {
    return this.#known.slice(0, this.#depth + 1);
  }

  /** Makes the history match what the page shows. @param layers at least one */
  show(layers: readonly L[], address: string): void {
    this.#wanted = layers;
    this.#address = address;
    this.#settle();
  }

  /** The history has arrived at an entry, with this state. */
  arrived(state: unknown): void {
    const leavingTo = this.#leavingTo;
    this.#leavingTo = undefined;
    this.#written = undefined;
    const entry = this.#read(state);
    if (!entry) {
      this.#base = Math.random();
      this.#known = [];
      this.#depth = -1;
      this.#parts.onArrive(undefined);
      return;
    }
    this.#enter(entry);
    if (this.#depth === leavingTo) this.#settle();
    else this.#parts.onArrive(this.layers);
  }

  #enter({ base, layers }: { readonly base: number; readonly layers: readonly L[] }): void {
    const known = base === this.#base ? this.#known : [];
    this.#base = base;
    // What is known may be newer: a lower entry is not rewritten while there are others above it.
    const own = layers.map((layer, at) => (known[at]?.kind === layer.kind ? known[at] : layer));
    this.#known = [...own, ...known.slice(own.length)];
    this.#depth = own.length - 1;
  }

  #settle(): void {
    if (this.#leavingTo !== undefined) return;
    const wanted = this.#wanted;
    const { layers } = this;
    const differs = layers.findIndex(({ kind }, at) => kind !== wanted[at]?.kind);
    const same = differs < 0 ? layers.length : differs;
    // One that is to be replaced by another is overwritten.
    const last = same < wanted.length ? same : same - 1;
    if (last < this.#depth) {
      this.#leavingTo = last;
      this.#parts.history.go(last - this.#depth);
      return;
    }
    const isOnlyAdded = this.#depth >= 0 && last > this.#depth;
    let isWritten = isOnlyAdded || this.#write('replaceState', wanted.slice(0, Math.max(0, last) + 1));
    while (isWritten && this.#depth + 1 < wanted.length) {
      isWritten = this.#write('pushState', wanted.slice(0, this.#depth + 2));
    }
    if (!isWritten) this.#putOff();
  }

  #putOff(): void {
    if (this.#isPutOff) return;
    this.#isPutOff = true;
    const { later = (work) => void setTimeout(work, PAUSE) } = this.#parts;
    later(() => {
      this.#isPutOff = false;
      this.#settle();
    });
  }

  /** Whether it was allowed: browsers refuse pages that write very often. */
  #write(how: 'pushState' | 'replaceState', layers: readonly L[]): boolean {
    const { history, stored } = this.#parts;
    if (how === 'replaceState' && this.#isWritten(layers)) return true;
    const entry: Entry = { base: this.#base, layers: layers.map(stored) };
    try {
      history[how](entry, '', this.#address);
    } catch {
      return false;
    }
    // Writing over the current entry leaves those ahead.
    const ahead = how === 'replaceState' ? this.#known.slice(layers.length) : [];
    this.#known = [...layers, ...ahead];
    this.#depth = layers.length - 1;
    this.#written = this.#address;
    return true;
  }

  /** Whether the current entry has them already. */
  #isWritten(layers: readonly L[]): boolean {
    const isSameDepth = layers.length - 1 === this.#depth;
    return (
      isSameDepth &&
      this.#written === this.#address &&
      layers.every((one, at) => isSame(one, this.#known[at]))
    );
  }

  #read(state: unknown): { readonly base: number; readonly layers: readonly L[] } | undefined {
    const { base, layers } = (state ?? {}) as Partial<Entry>;
    if (typeof base !== 'number' || !Array.isArray(layers) || layers.length === 0) return undefined;
    const read = layers.flatMap((layer) => this.#parts.restored(layer) ?? []);
    return read.length === layers.length ? { base, layers: read } : undefined;
  }
}

/** Whether two layers have the same parts. */
function isSame<L extends Layer>(a: L, b: L | undefined): boolean {
  return !!b && (Object.keys(a) as (keyof L)[]).every((part) => a[part] === b[part]);
}
