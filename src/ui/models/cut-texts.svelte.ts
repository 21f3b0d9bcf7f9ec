import type { ClipApi } from '../../../workers/api';

const NONE: ReadonlyMap<string, string> = new Map();

/** What a model leaves out of texts that are too long for it. */
export class CutTexts {
  #list = $state.raw(NONE);
  #looks = 0;
  readonly #clip: Pick<ClipApi, 'cutTexts'>;

  constructor(clip: Pick<ClipApi, 'cutTexts'>) {
    this.#clip = clip;
  }

  /** Those of the texts looked at last that are cut, each with the beginning that is read. */
  get list(): ReadonlyMap<string, string> {
    return this.#list;
  }

  async look(model: string, texts: readonly string[]): Promise<void> {
    const look = ++this.#looks;
    // Whoever encodes the texts tells of a failure.
    const list = texts.length > 0 ? await this.#clip.cutTexts(model, texts).catch(() => NONE) : NONE;
    if (look === this.#looks) this.#list = list;
  }
}
