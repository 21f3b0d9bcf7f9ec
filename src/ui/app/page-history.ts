import { BackStack } from '../kit/back-stack';
import type { AppState } from './app-state.svelte';
import {
  isSameSearch,
  layersOf,
  restoredLayer,
  storedLayer,
  type PageLayer,
  type QueryLayer,
} from './layers';
import type { PhotoViewer } from './photo-viewer.svelte';

export interface PageHistoryParts {
  readonly app: Pick<
    AppState,
    | 'tab'
    | 'show'
    | 'search'
    | 'results'
    | 'models'
    | 'photos'
    | 'sheet'
    | 'openSheet'
    | 'closeSheet'
    | 'canOpen'
  >;
  readonly photoViewer: Pick<PhotoViewer, 'photo' | 'among' | 'open' | 'close'>;
  readonly history: Pick<History, 'state' | 'pushState' | 'replaceState' | 'go' | 'scrollRestoration'>;
  /** The page's address as it is now. */
  readonly address: () => string;
  /** The person has edited the address. */
  readonly onAddress: () => void;
}

/** Keeps the page and the browser's history alike: Back closes a photo, then a sheet, then goes back a search. */
export class PageHistory {
  readonly #parts: PageHistoryParts;
  readonly #stack: BackStack<PageLayer>;
  /** The search with which an earlier page was left at this entry. */
  readonly #left: QueryLayer | undefined;
  #isRecalled = false;
  /** The layers last shown, or gone to. */
  #layers: readonly PageLayer[];

  constructor(parts: PageHistoryParts) {
    this.#parts = parts;
    this.#stack = new BackStack<PageLayer>({
      ...parts,
      stored: storedLayer,
      restored: restoredLayer,
      onArrive: (layers) => this.#arrive(layers),
    });
    this.#layers = this.#stack.layers;
    this.#left = queryOf(this.#layers);
  }

  /** Goes on, after a reload, with a search by photos, which no address names: for when the photos are here again. */
  recall(): void {
    const query = this.#awaited;
    this.#isRecalled = true;
    if (query) this.#goTo(query);
    // A search whose photos are gone loses its entry.
    this.follow();
  }

  /** A search by photos that is still to be recalled. Its entry stays meanwhile, as do those below it. */
  get #awaited(): QueryLayer | undefined {
    const { text, examples } = this.#parts.app.search;
    if (this.#isRecalled || !this.#left?.examples.length) return undefined;
    const isUntouched = this.#left.text.trim() === text.trim() && examples.length === 0;
    return isUntouched ? this.#left : undefined;
  }

  /** Follows what the page shows; called again whenever that changes. */
  follow(): void {
    const { app, photoViewer } = this.#parts;
    const { text, examples, step } = app.search;
    const { photo, among } = photoViewer;
    const { chosenThreshold: least } = app.results;
    this.#layers = layersOf(
      {
        query: this.#awaited ?? { text, examples, tab: app.tab, step, least, model: app.models.chosen },
        sheet: app.sheet,
        photo: photo && { id: photo.id, name: photo.name, among },
      },
      this.#layers,
    );
    this.#keepPlace();
    this.#stack.show(this.#layers, this.#parts.address());
  }

  /** The person has gone back or forward. */
  arrived(state: unknown): void {
    this.#stack.arrived(state);
    this.#keepPlace();
  }

  /** The browser scrolls back where a search began; under a photo or a sheet the list has not moved. */
  #keepPlace(): void {
    const isQuery = this.#layers.at(-1)?.kind === 'query';
    this.#parts.history.scrollRestoration = isQuery ? 'auto' : 'manual';
  }

  #arrive(layers: readonly PageLayer[] | undefined): void {
    this.#layers = layers ?? [];
    if (layers) this.#show(layers);
    else this.#parts.onAddress();
    // What could not be opened, as a photo that is gone, loses its entry.
    this.follow();
  }

  #show(layers: readonly PageLayer[]): void {
    const { app, photoViewer } = this.#parts;
    const query = queryOf(layers);
    const sheet = layers.find((layer) => layer.kind === 'sheet')?.name;
    const photo = layers.find((layer) => layer.kind === 'photo');
    if (!photo) photoViewer.close();
    if (query) this.#goTo(query);
    if (!sheet) app.closeSheet(app.sheet);
    else if (sheet !== app.sheet && app.canOpen(sheet)) app.openSheet(sheet);
    if (photo && photo.id !== photoViewer.photo?.id && this.#isHere(photo)) {
      photoViewer.open(photo.id, photo.among);
    }
  }

  #goTo(query: QueryLayer): void {
    const { app } = this.#parts;
    if (app.tab !== query.tab) app.show(query.tab);
    const examples = query.examples.filter((one) => one.kind === 'file' || this.#isHere(one));
    if (isSameSearch({ text: query.text, examples }, app.search)) return;
    const { chosen } = app.models;
    // Cosines of another model mean something else. After a reload the model may not be chosen yet.
    const isComparable = chosen === undefined || chosen === query.model;
    app.search.restore(query.text, examples, isComparable ? query.least : undefined);
  }

  #isHere({ id, name }: { readonly id: number; readonly name: string }): boolean {
    return this.#parts.app.photos.get(id)?.name === name;
  }
}

function queryOf(layers: readonly PageLayer[]): QueryLayer | undefined {
  return layers.findLast((layer) => layer.kind === 'query');
}
