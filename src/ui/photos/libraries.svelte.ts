import type { LibraryApi } from '../../../workers/api';
import { FIRST_LIBRARY, type LibraryRecord } from '../../library/records';
import type { Notices } from '../kit/notices.svelte';

export interface LibrariesParts {
  readonly library: Pick<LibraryApi, 'libraries' | 'createLibrary' | 'renameLibrary'>;
  readonly notices: Pick<Notices, 'say' | 'report'>;
  /** Where the choice is remembered: for this tab, then for the next one that is opened. */
  readonly memories: readonly Pick<Storage, 'getItem' | 'setItem'>[];
  /** Hands the open library what it does not have yet. */
  readonly keep: () => Promise<void>;
  /** Loads the page again. */
  readonly reload: () => void;
}

/** The most characters a name may have. */
export const LONGEST_NAME = 60;

const REMEMBERED = 'clipscope library';

const TAKEN = 'Another library has this name.';

/** The person's libraries, of which the page has one open. */
export class Libraries {
  #list = $state.raw<readonly LibraryRecord[]>([FIRST_LIBRARY]);
  #id = $state(FIRST_LIBRARY.id);
  readonly #parts: LibrariesParts;

  constructor(parts: LibrariesParts) {
    this.#parts = parts;
  }

  /** The first one, which is always there, then the others by name. */
  get list(): readonly LibraryRecord[] {
    return this.#list;
  }

  /** The one that is open. */
  get current(): LibraryRecord {
    return this.#list.find(({ id }) => id === this.#id) ?? FIRST_LIBRARY;
  }

  /** Whether the open one is the first, which can be emptied but not removed. */
  get isFirst(): boolean {
    return this.#id === FIRST_LIBRARY.id;
  }

  /** Lists the libraries; the id of the one to open, which is the first where the one remembered is gone. */
  async choose(): Promise<string> {
    const { library, memories } = this.#parts;
    try {
      this.#list = await library.libraries();
    } catch {
      // What keeps the list from being read keeps the library from being opened, which tells why.
    }
    const remembered = memories.map((memory) => memory.getItem(REMEMBERED));
    const isListed = (asked: string | null) => this.#list.some(({ id }) => id === asked);
    this.#id = remembered.find(isListed) ?? FIRST_LIBRARY.id;
    // Another tab may turn to another library, and this one be loaded again.
    memories[0]?.setItem(REMEMBERED, this.#id);
    return this.#id;
  }

  /** Turns to another library. */
  async open(id: string): Promise<void> {
    if (id === this.#id) return;
    // What cannot be kept is not worth staying for.
    await this.#parts.keep().catch(() => undefined);
    this.#load(id);
  }

  /** Makes a library and turns to it. Resolves with what is wrong with the name, if anything is. */
  async create(name: string): Promise<string | undefined> {
    return this.#named(name, async (trimmed) => {
      const made = await this.#parts.library.createLibrary(trimmed);
      if (!made) return TAKEN;
      await this.open(made.id);
      return undefined;
    });
  }

  /** Gives the open library another name. Resolves with what is wrong with it, if anything is. */
  async rename(name: string): Promise<string | undefined> {
    return this.#named(name, async (trimmed) => {
      const renamed = { id: this.#id, name: trimmed };
      if (!(await this.#parts.library.renameLibrary(renamed))) return TAKEN;
      this.#list = this.#list.map((each) => (each.id === renamed.id ? renamed : each));
      this.#parts.notices.say(`This library is called ${trimmed} now`);
      return undefined;
    });
  }

  /** The open library is gone: turns to the first. */
  leave(): void {
    this.#load(FIRST_LIBRARY.id);
  }

  async #named(
    name: string,
    use: (trimmed: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const trimmed = name.trim();
    if (trimmed === '') return 'Give it a name.';
    if (trimmed.length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
    try {
      return await use(trimmed);
    } catch (error) {
      this.#parts.notices.report('library', error);
      return undefined;
    }
  }

  /**
   * Why the page is loaded again: files still being read, pictures being prepared and answers on their way know photos
   * by their numbers, and the same numbers stand for other photos in another library.
   */
  #load(id: string): void {
    const { memories, reload } = this.#parts;
    for (const memory of memories) memory.setItem(REMEMBERED, id);
    reload();
  }
}
