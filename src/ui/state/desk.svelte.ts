import type { ModelSummary } from '../../../workers/api';
import type { FetchRequest, SavedFile } from '../../../workers/models-api';
import { Failure } from '../../core/failure';
import type { Tab } from '../address';
import type { Deaths, Workers } from '../connect';
import type { Schedule } from '../frames';
import { baseId } from '../model-id';
import { Downloads, type Download } from './downloads.svelte';
import { Gallery, type GalleryParts } from './gallery.svelte';
import { Hub, type HubParts } from './hub.svelte';
import { Indexing } from './indexing.svelte';
import { Intake } from './intake.svelte';
import { Labels } from './labels.svelte';
import { Models } from './models.svelte';
import { Notices } from './notices.svelte';
import { Opening } from './opening.svelte';
import type { Photos } from './photos.svelte';
import { Saving } from './saving.svelte';
import { Search } from './search.svelte';
import { Selection } from './selection.svelte';
import { Shelf } from './shelf.svelte';
import { Taking } from './taking.svelte';

/** What the desk needs of the browser. */
export interface DeskParts
  extends Pick<HubParts, 'allowHosts' | 'memory' | 'origin'>, Pick<GalleryParts, 'albumPicture'> {
  connect(deaths: Deaths): Workers;
  readonly schedule: Schedule;
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  /** What the image worker is given for a file. */
  readonly pictureOf: (file: File) => Promise<Blob>;
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
  /** A folder to write into; null where the browser has none to offer. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Gives the person files to keep. */
  readonly handOver: (files: readonly SavedFile[]) => void;
  /** Asks the browser to keep this site's data when space runs low. */
  readonly persist: () => Promise<boolean>;
}

/** The panels that open beside the pictures, one at a time. */
export type SheetName = 'folders' | 'models' | 'storage' | 'checkpoint' | 'help';

/** Everything on the page, made once, and what each concern tells the others. */
export class Desk {
  readonly notices = new Notices();
  readonly gallery: Gallery;
  readonly photos: Photos;
  readonly shelf: Shelf;
  readonly models: Models;
  readonly downloads: Downloads;
  readonly hub: Hub;
  readonly opening: Opening;
  readonly saving: Saving;
  readonly indexing: Indexing;
  readonly search: Search;
  readonly labels: Labels;
  readonly intake: Intake;
  readonly selection: Selection;
  readonly taking: Taking;
  readonly #workers: Workers;
  #tab = $state<Tab>('search');
  #sheet = $state<SheetName | undefined>(undefined);

  constructor(parts: DeskParts) {
    const { schedule, now, pictureOf, pickFolder, pickTarget, handOver, persist } = parts;
    const stopped = () => new Failure('WorkerDied', 'A background worker stopped.');
    const workers = parts.connect({
      clip: () => this.models.lost(stopped()),
      library: () => this.indexing.libraryLost(stopped()),
      // Whoever waits for it is told by the call that it rejects.
      models: () => undefined,
    });
    const { clip, library, images, models: keeper } = workers;
    const { notices } = this;
    const onLost = (error: unknown) => this.models.lost(error);
    const restartModels = () => this.#restartModels();

    this.#workers = workers;
    this.gallery = new Gallery({
      ...{ library, notices, schedule, albumPicture: parts.albumPicture },
      indexing: () => this.indexing,
      lookAgain: (id) => this.intake.lookAgain(id),
      onForgotten: () => void this.#reopen(),
    });
    const { photos, folders, originals, thumbnails } = this.gallery;
    this.photos = photos;
    this.selection = new Selection(photos);
    this.taking = new Taking({
      ...{ photos, originals, notices, pickTarget, handOver },
      cosine: (id) => this.search.answer?.matches.find((match) => match.id === id)?.score,
    });
    this.shelf = new Shelf({
      ...{ models: keeper, notices, persist },
      release: async (id) => {
        const afterwards = await this.models.release(id);
        this.#forgetModel(id);
        return afterwards;
      },
    });
    this.models = new Models({
      ...{ clip, notices, shelf: this.shelf, stopClip: () => workers.stopClip() },
      nameOf: (id) => this.downloads.get(baseId(id))?.request.name,
      onChange: (loaded) => {
        this.search.open(undefined);
        this.labels.open(undefined);
        if (loaded) void this.indexing.open(loaded);
        else this.indexing.close();
      },
    });
    this.downloads = new Downloads({
      ...{ models: keeper, notices },
      choices: () => this.models.choices,
      onGone: (id) => void this.#gone(id),
      onEnd: (model, download) => void this.#arrived(model, download),
    });
    const { allowHosts, memory, origin } = parts;
    this.hub = new Hub({
      ...{ models: keeper, notices, allowHosts, memory, origin },
      restartModels: () => this.#restartIdleModels(),
    });
    this.opening = new Opening({
      ...{ models: keeper, notices, restartModels },
      onAsk: () => this.openSheet('checkpoint'),
      onEnd: (model) => void this.#kept(model),
    });
    this.saving = new Saving({ models: keeper, notices, restartModels, pickTarget, handOver });
    this.indexing = new Indexing({
      ...{ clip, images, library, photos, originals, thumbnails, notices, pictureOf, now, onLost },
      onOpen: (model) => {
        this.search.open(model);
        this.labels.open(model);
      },
      onProgress: (ended) => {
        this.search.indexed(ended);
        this.labels.indexed();
      },
    });
    const indexed = () => this.indexing.indexed;
    this.search = new Search({ clip, library, photos, notices, indexed, onLost });
    this.labels = new Labels({ clip, library, photos, notices, onLost });
    const { indexing, opening } = this;
    this.intake = new Intake({
      ...{ photos, originals, folders, notices, schedule, pickFolder, indexing, opening, today: parts.today },
      ready: () => this.gallery.fetched(),
      onChanged: (ids) => this.gallery.changed(ids),
      onGone: (ids) => this.gallery.forget(ids),
    });
  }

  get tab(): Tab {
    return this.#tab;
  }

  /** The panel that is open. */
  get sheet(): SheetName | undefined {
    return this.#sheet;
  }

  /** Photos that cannot be found because indexing was called off. */
  get leftOut(): number {
    return this.indexing.cancelled ? this.photos.list.length - this.indexing.indexed : 0;
  }

  show(tab: Tab): void {
    this.#tab = tab;
    this.labels.activate(tab === 'label');
  }

  openSheet(sheet: SheetName): void {
    this.#turnTo(sheet);
    if (sheet !== 'help' && sheet !== 'folders') void this.shelf.measure();
  }

  /** Closes a panel, unless another one has taken its place. */
  closeSheet(sheet: SheetName | undefined): void {
    if (this.#sheet === sheet) this.#turnTo(undefined);
  }

  /** Offers the downloads that an earlier page left. */
  async recall(): Promise<void> {
    const use = await this.shelf.measure();
    if (use) this.downloads.offer(use.downloads);
  }

  /** Downloads a model, once the page may reach where it lies. One that is here already is loaded. */
  async download(request: FetchRequest): Promise<void> {
    this.hub.forget();
    await this.hub.reach(request.source);
    await this.downloads.start(request);
  }

  /** Lets a download go on. */
  async resumeDownload(id: string, tokenizer?: Blob): Promise<void> {
    const download = this.downloads.get(id);
    if (!download) return;
    await this.hub.reach(download.request.source);
    this.downloads.resume(id, tokenizer);
  }

  /** Types into the search line, whose results are on the search page. */
  find(text: string): void {
    this.show('search');
    this.search.type(text);
  }

  findLike(id: number): void {
    const photo = this.photos.current(id);
    if (!photo) return;
    this.show('search');
    this.search.likePhoto(id, photo.name);
  }

  /** What was looked at on the hub belongs to the panel that it was asked for in. */
  #turnTo(sheet: SheetName | undefined): void {
    if (this.#sheet !== sheet) this.hub.forget();
    this.#sheet = sheet;
  }

  /** Opens the library for the model in use, as when it was loaded. */
  async #reopen(): Promise<void> {
    const { ready } = this.models;
    if (ready) await this.indexing.open(ready);
  }

  #restartModels(): void {
    this.downloads.restarting();
    this.#workers.stopModels();
  }

  /** Restarts the models worker unless that would end something other than a download, which goes on by itself. */
  #restartIdleModels(): boolean {
    if (this.opening.status.phase === 'working' || this.saving.work) return false;
    this.#restartModels();
    return true;
  }

  /** What a model made is not what another one of the same name would make. */
  #forgetModel(id: string): void {
    // A library that died has forgotten it already.
    this.#workers.library.drop(id).catch(() => undefined);
    this.search.forgetTexts();
    this.labels.forgetTexts();
  }

  /** A download has left nothing: its image tower, where it is in use already, is let go. */
  async #gone(id: string): Promise<void> {
    const { models } = this;
    const chosen = models.chosen;
    const inUse = chosen !== undefined && baseId(chosen) === id && !models.ready?.hasText;
    const afterwards = inUse ? await models.release(id) : undefined;
    this.#forgetModel(id);
    afterwards?.();
  }

  /** A checkpoint of the person's own is kept: it is what they want to use. */
  async #kept(model: ModelSummary): Promise<void> {
    this.closeSheet('checkpoint');
    if (await this.#list()) await this.models.choose(model.id);
  }

  /** A download has ended: its model is used, unless the person chose another one meanwhile. */
  async #arrived({ id, name }: ModelSummary, { choices }: Download): Promise<void> {
    this.notices.say(`${name} is on this device`);
    if (!(await this.#list())) return;
    const { models } = this;
    const { chosen } = models;
    // It may be in use already, without its text tower.
    if (chosen === undefined || baseId(chosen) !== id) {
      if (models.choices === choices) await models.take(id);
    } else if (!models.ready?.hasText) await models.take(chosen);
  }

  /** Lists the models anew; false where that failed, which is reported. */
  async #list(): Promise<boolean> {
    try {
      await this.shelf.refresh();
      void this.shelf.measure();
      return true;
    } catch (error) {
      this.notices.report('model', error);
      return false;
    }
  }
}
