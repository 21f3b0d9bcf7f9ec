import { Failure } from '../../core/failure';
import { Records } from './records.svelte';
import type { CompareParts, OpenedView } from './view';
import { VIEWS, type View, type ViewId } from './views';

const TOPIC = 'compare view';

/** Which view of the page is shown, and the states of those shown before. */
export class Compare {
  #view = $state<ViewId>(VIEWS[0]!.id);
  #opened = $state.raw<ReadonlyMap<ViewId, OpenedView>>(new Map());
  #active = false;

  readonly #parts: CompareParts;
  readonly #views: readonly View[];

  /** @param views in place of the page's own */
  constructor(parts: Omit<CompareParts, 'records'>, views: readonly View[] = VIEWS) {
    this.#parts = { ...parts, records: new Records() };
    this.#views = views;
  }

  /** The id of the view that is chosen. */
  get view(): ViewId {
    return this.#view;
  }

  /** That view; undefined while its code is being loaded. */
  get opened(): OpenedView | undefined {
    return this.#opened.get(this.#view);
  }

  /** Whether what is searched for is asked here, not on the search page. */
  get asks(): boolean {
    return this.opened?.asks?.() ?? false;
  }

  /** Whether the page is shown. Its views begin only then. */
  activate(active: boolean): void {
    this.#active = active;
    if (active) void this.#open(this.#view);
  }

  show(view: ViewId): void {
    this.#view = view;
    if (this.#active) void this.#open(view);
  }

  async #open(id: ViewId): Promise<void> {
    const { notices } = this.#parts;
    const view = this.#views.find((one) => one.id === id);
    if (!view || this.#opened.has(id)) return;
    notices.clear(TOPIC);
    try {
      const open = await view.load();
      if (!this.#opened.has(id)) this.#opened = new Map([...this.#opened, [id, open(this.#parts)]]);
    } catch (error) {
      // A browser only says that a module could not be fetched.
      const failure =
        error instanceof TypeError
          ? new Failure('NetworkFailed', `“${view.title}” could not be loaded`, { cause: error })
          : error;
      notices.report(TOPIC, failure, { label: 'Try again', run: () => void this.#open(id) });
    }
  }
}
