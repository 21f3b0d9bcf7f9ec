import { folderName, folderNamed } from './folder-names';
import { readAddress, writeAddress, type Address } from './address';
import { unknownText } from './address-words';
import type { AppState } from './app-state.svelte';

export interface PageAddressParts {
  readonly app: Pick<
    AppState,
    | 'tab'
    | 'show'
    | 'models'
    | 'search'
    | 'results'
    | 'pictureSize'
    | 'labels'
    | 'compare'
    | 'gallery'
    | 'notices'
  >;
  /** The address that the browser shows. */
  readonly href: () => string;
}

/** What the page's address says of what it shows: a reload, or the same address elsewhere, shows it again. */
export class PageAddress {
  readonly #parts: PageAddressParts;
  /** The model asked for, until there is one. */
  #model: string | undefined;
  /** The folder asked for, until the folders are known. */
  #folder = $state<string | undefined>(undefined);

  constructor(parts: PageAddressParts) {
    this.#parts = parts;
  }

  /** Shows what the address says, and tells what in it means nothing. */
  take(): Pick<Address, 'model' | 'backend' | 'decoding' | 'arithmetic'> {
    const { app, href } = this.#parts;
    const { search, results, pictureSize, labels, compare, notices } = app;
    const { address, unknown } = readAddress(href());
    compare.show(address.view);
    app.show(address.tab);
    if (search.text.trim() !== address.query) search.restore(address.query, []);
    results.cutAt(address.least);
    results.orderBy(address.order);
    results.filterBy(address.filter);
    pictureSize.choose(address.size);
    labels.chooseTemplates(address.templates);
    labels.sortBy(address.labelOrder);
    if (address.labelSet !== undefined) void labels.sets.openLink(address.labelSet);
    for (const { name, value } of unknown) notices.warn(`address ${name}`, unknownText(name, value));
    this.#model = address.model;
    this.#folder = address.folder;
    if (address.folder !== undefined) void this.#takeFolder(address.folder);
    return address;
  }

  /** The address of what is shown now. */
  get current(): string {
    const { app, href } = this.#parts;
    const { models, search, results, pictureSize, labels, compare, gallery } = app;
    const { folder, ...filter } = results.filter;
    return writeAddress(href(), {
      model: models.chosen ?? this.#model,
      backend: models.backend,
      decoding: models.decoding,
      arithmetic: models.arithmetic,
      tab: app.tab,
      query: search.text,
      least: results.chosenThreshold,
      order: results.order,
      filter,
      folder: folder === undefined ? this.#folder : folderName(gallery.folders.list, folder),
      size: pictureSize.chosen,
      templates: labels.chosenTemplates,
      labelOrder: labels.order,
      view: compare.view,
      labelSet: labels.sets.offeredLink,
    });
  }

  async #takeFolder(name: string): Promise<void> {
    const { gallery, results, notices } = this.#parts.app;
    try {
      await gallery.fetched();
    } catch {
      // The gallery tells of it, and begins again when it is asked to.
      return;
    }
    if (this.#folder !== name) return;
    this.#folder = undefined;
    const folder = folderNamed(gallery.folders.list, name);
    if (folder === undefined) notices.warn('address folder', unknownText('folder', name));
    else results.filterBy({ ...results.filter, folder });
  }
}
