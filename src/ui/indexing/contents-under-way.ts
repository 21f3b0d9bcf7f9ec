import type { PhotoKey } from '../../core/photo-key';

/** Number of contents remembered after their work has ended: many more than are prepared at a time. */
const REMEMBERED = 1000;

/** The contents that are being embedded and stored, by model, so that none is embedded for two photos at once. */
export class ContentsUnderWay {
  readonly #work = new Map<string, Promise<void>>();
  /** When the work on a content ended, by a count. */
  readonly #ended = new Map<string, number>();
  #count = 0;

  /** The present, for `of`. */
  get now(): number {
    return this.#count;
  }

  /** Resolves when the work on a content has ended, well or not; undefined if there was none after `since`. */
  of(model: string, key: PhotoKey, since: number): Promise<void> | undefined {
    const name = nameOf(model, key);
    const isOver = (this.#ended.get(name) ?? -1) >= since;
    return this.#work.get(name) ?? (isOver ? Promise.resolve() : undefined);
  }

  /** Returns what must be called when the work on these contents has ended. */
  begin(model: string, keys: readonly PhotoKey[]): () => void {
    const names = keys.map((key) => nameOf(model, key));
    let resolve = (): void => undefined;
    const work = new Promise<void>((done) => (resolve = done));
    for (const name of names) this.#work.set(name, work);
    return () => {
      for (const name of names) {
        this.#work.delete(name);
        this.#ended.delete(name);
        this.#ended.set(name, this.#count);
      }
      this.#count++;
      for (const oldest of [...this.#ended.keys()].slice(0, -REMEMBERED)) this.#ended.delete(oldest);
      resolve();
    };
  }
}

function nameOf(model: string, key: PhotoKey): string {
  return `${key} ${model}`;
}
