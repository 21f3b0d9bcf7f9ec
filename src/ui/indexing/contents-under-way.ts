import type { PhotoKey } from '../../core/photo-key';

/** The contents that are being embedded and stored, by model, so that none is embedded for two photos at once. */
export class ContentsUnderWay {
  readonly #work = new Map<string, Promise<void>>();

  /** Resolves when the work on a content has ended, well or not; undefined if there is none. */
  of(model: string, key: PhotoKey): Promise<void> | undefined {
    return this.#work.get(nameOf(model, key));
  }

  /** Returns what must be called when the work on these contents has ended. */
  begin(model: string, keys: readonly PhotoKey[]): () => void {
    const names = keys.map((key) => nameOf(model, key));
    let resolve = (): void => undefined;
    const work = new Promise<void>((done) => (resolve = done));
    for (const name of names) this.#work.set(name, work);
    return () => {
      for (const name of names) this.#work.delete(name);
      resolve();
    };
  }
}

function nameOf(model: string, key: PhotoKey): string {
  return `${key} ${model}`;
}
