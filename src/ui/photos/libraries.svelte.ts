import type { LibraryApi } from '../../../workers/api';
import { FIRST_LIBRARY, type LibraryRecord } from '../../library/records';
import type { Notices } from '../kit/notices.svelte';

export interface LibrariesParts {
  readonly library: Pick<LibraryApi, 'libraries' | 'createLibrary' | 'renameLibrary'>;
  readonly notices: Pick<Notices, 'say' | 'report'>;
  /** Where the choice is remembered: for this tab, then for new tabs. */
  readonly memories: readonly Pick<Storage, 'getItem' | 'setItem'>[];
  /** Stores pending changes of the open library. */
  readonly keep: () => Promise<void>;
  /** Reloads the page. */
  readonly reload: () => void;
}

/** Maximum length of a name. */
export const LONGEST_NAME = 60;

const REMEMBERED = 'clipscope library';

const TAKEN = 'Another library has this name.';

/** The user's libraries, one of which is open. */
export class Libraries {
  #list = $state.raw<readonly LibraryRecord[]>([FIRST_LIBRARY]);
  #id = $state(FIRST_LIBRARY.id);
  readonly #parts: LibrariesParts;

  constructor(parts: LibrariesParts) {
    this.#parts = parts;
  }

  /** The first one, which always exists, then the others by name. */
  get list(): readonly LibraryRecord[] {
    return this.#list;
  }

  /** The one that is open. */
  get current(): LibraryRecord {
    return this.#list.find(({ id }) => id === this.#id) ?? FIRST_LIBRARY;
  }

  /** Whether the open library is the first, which can be emptied but not removed. */
  get isFirst(): boolean {
    return this.#id === FIRST_LIBRARY.id;
  }

  /** Lists the libraries and returns the id to open: the remembered one, or the first if that was removed. */
  async choose(): Promise<string> {
    const { library, memories } = this.#parts;
    try {
      this.#list = await library.libraries();
    } catch {
      // Opening the library will fail for the same reason, and report it.
    }
    const remembered = memories.map((memory) => memory.getItem(REMEMBERED));
    const isListed = (asked: string | null) => this.#list.some(({ id }) => id === asked);
    this.#id = remembered.find(isListed) ?? FIRST_LIBRARY.id;
    // Remembered per tab: another tab may switch libraries before this one reloads.
    memories[0]?.setItem(REMEMBERED, this.#id);
    return this.#id;
  }

  /** Switches to another library. */
  async open(id: string): Promise<void> {
    if (id === this.#id) return;
    // Changes that cannot be stored do not prevent switching.
    await this.#parts.keep().catch(() => undefined);
    this.#load(id);
  }

  /** Creates a library and switches to it. Resolves with the problem with the name, if any. */
  async create(name: string): Promise<string | undefined> {
    return this.#named(name, async (trimmed) => {
      const made = await this.#parts.library.createLibrary(trimmed);
      if (!made) return TAKEN;
      await this.open(made.id);
      return undefined;
    });
  }

  /** Renames the open library. Resolves with the problem with the name, if any. */
  async rename(name: string): Promise<string | undefined> {
    return this.#named(name, async (trimmed) => {
      const renamed = { id: this.#id, name: trimmed };
      if (!(await this.#parts.library.renameLibrary(renamed))) return TAKEN;
      this.#list = this.#list.map((each) => (each.id === renamed.id ? renamed : each));
      this.#parts.notices.say(`Library renamed to ${trimmed}`);
      return undefined;
    });
  }

  /** The open library was removed: switches to the first. */
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
   * Why it reloads the page: pending reads, prepared pictures and answers refer to photos by id, and the same ids mean
   * other photos in another library.
   */
  #load(id: string): void {
    const { memories, reload } = this.#parts;
    for (const memory of memories) memory.setItem(REMEMBERED, id);
    reload();
  }
}
