import type { FetchRequest, SavedFile } from '../../../workers/models-api';
import { Failure } from '../../core/failure';
import type { Tab } from './pages';
import type { Deaths, Workers } from '../connect/connect';
import { ALBUM_LABELS, FIRST_LABELS } from '../label/first-labels';
import type { Schedule } from '../kit/frames';
import { baseId } from '../models/model-id';
import { plural } from '../kit/words';
import { UsualThreshold } from '../search/usual-threshold.svelte';
import { Downloads } from '../models/hub/downloads.svelte';
import { Duplicates } from '../duplicates/duplicates.svelte';
import { Embedder } from '../search/embedder';
import { Gallery, type GalleryParts } from '../photos/gallery.svelte';
import { Hub, type HubParts } from '../models/hub/hub.svelte';
import { Indexing } from '../indexing/indexing.svelte';
import { PhotoImport } from '../photos/photo-import.svelte';
import { Labels } from '../label/labels.svelte';
import { Models } from '../models/models.svelte';
import { Notices } from '../kit/notices.svelte';
import { CheckpointImport } from '../models/kept/checkpoint-import.svelte';
import type { Photos } from '../photos/photos.svelte';
import { CheckpointExport } from '../models/kept/checkpoint-export.svelte';
import { Search } from '../search/search.svelte';
import { Selection } from '../grid/selection.svelte';
import { KeptModels } from '../models/kept/kept-models.svelte';
import { PhotoExport } from '../grid/photo-export.svelte';
import { PictureSize } from '../grid/picture-size.svelte';
import { ModelArrivals } from './model-arrivals';
import type { Results } from '../search/results.svelte';

/** What the page's state needs of the browser. */
export interface AppStateParts
  extends
    Pick<HubParts, 'allowHosts' | 'memory' | 'origin'>,
    Pick<GalleryParts, 'albumPicture' | 'memories' | 'reload'> {
  connect(deaths: Deaths): Workers;
  readonly schedule: Schedule;
  /** In CSS pixels. */
  readonly screenWidth: number;
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
export type SheetName = 'folders' | 'models' | 'storage' | 'checkpoint' | 'duplicates' | 'searching' | 'help';

/** Those that show how much room there is. */
const SHOWING_ROOM: readonly SheetName[] = ['models', 'storage', 'checkpoint', 'help'];

/** Everything on the page, made once, and what each concern tells the others. */
export class AppState {
  readonly notices = new Notices();
  readonly gallery: Gallery;
  readonly photos: Photos;
  readonly keptModels: KeptModels;
  readonly models: Models;
  readonly downloads: Downloads;
  readonly hub: Hub;
  readonly checkpointImport: CheckpointImport;
  readonly checkpointExport: CheckpointExport;
  readonly indexing: Indexing;
  readonly embedder: Embedder;
  readonly search: Search;
  readonly results: Results;
  readonly labels: Labels;
  readonly photoImport: PhotoImport;
  readonly selection: Selection;
  readonly pictureSize: PictureSize;
  readonly photoExport: PhotoExport;
  readonly duplicates: Duplicates;
  readonly #workers: Workers;
  readonly #modelArrivals: ModelArrivals;
  #tab = $state<Tab>('search');
  #sheet = $state<SheetName | undefined>(undefined);

  constructor(parts: AppStateParts) {
    const { schedule, now, pictureOf, pickFolder, pickTarget, handOver, persist } = parts;
    const { allowHosts, memory, origin } = parts;
    const stopped = () => new Failure('WorkerDied', 'A background worker stopped.');
    const workers = parts.connect({
      clip: () => this.models.lost(stopped()),
      library: () => this.indexing.libraryLost(stopped()),
      // Whoever waits for it is told by the call that it rejects.
      models: () => undefined,
      unkept: (reason) => this.gallery.keepsNoMore(reason),
    });
    const { clip, library, images, models: modelsWorker } = workers;
    const { notices } = this;
    const onLost = (error: unknown) => this.models.lost(error);
    const restartModels = () => this.#restartModels();

    this.#workers = workers;
    this.gallery = new Gallery({
      library,
      notices,
      schedule,
      albumPicture: parts.albumPicture,
      memories: parts.memories,
      reload: parts.reload,
      onFresh: (ids) => this.indexing.enqueue(ids),
      onStale: (ids) => this.indexing.forget(ids),
      onCount: () => this.indexing.recount(),
      lookAgain: (id) => this.photoImport.lookAgain(id),
      onFolderGone: (id) => this.results.forgetFolder(id),
      onForgotten: () => {
        this.results.filterBy({});
        void this.#reopen();
      },
    });
    const { photos, folders, originals, thumbnails } = this.gallery;
    this.photos = photos;
    this.selection = new Selection(photos);
    this.pictureSize = new PictureSize(parts.screenWidth);
    this.duplicates = new Duplicates({ library, photos, notices });
    this.photoExport = new PhotoExport({
      photos,
      originals,
      notices,
      pickTarget,
      handOver,
      cosine: (id) => this.results.scoreOf(id),
    });
    this.keptModels = new KeptModels({
      models: modelsWorker,
      notices,
      persist,
      release: async (id) => {
        const afterwards = await this.models.release(id);
        this.#modelArrivals.forget(id);
        return afterwards;
      },
    });
    this.models = new Models({
      clip,
      notices,
      keptModels: this.keptModels,
      stopClip: () => workers.stopClip(),
      nameOf: (id) => this.downloads.get(baseId(id))?.request.name,
      onChange: (loaded) => {
        this.search.open(undefined);
        this.labels.open(undefined);
        if (loaded) void this.indexing.open(loaded);
        else this.indexing.close();
      },
    });
    this.downloads = new Downloads({
      models: modelsWorker,
      notices,
      choices: () => this.models.choices,
      onGone: (id) => void this.#modelArrivals.gone(id),
      onEnd: (model, download) => void this.#modelArrivals.arrived(model, download),
    });
    this.hub = new Hub({
      models: modelsWorker,
      notices,
      allowHosts,
      memory,
      origin,
      restartModels: () => this.#restartIdleModels(),
    });
    this.checkpointImport = new CheckpointImport({
      models: modelsWorker,
      notices,
      restartModels,
      pickFolder,
      onAsk: () => this.openSheet('checkpoint'),
      onEnd: (model) => {
        this.closeSheet('checkpoint');
        void this.#modelArrivals.kept(model);
      },
    });
    this.checkpointExport = new CheckpointExport({
      models: modelsWorker,
      notices,
      restartModels,
      pickTarget,
      handOver,
    });
    this.indexing = new Indexing({
      clip,
      images,
      library,
      photos,
      originals,
      thumbnails,
      notices,
      pictureOf,
      now,
      onLost,
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
    this.embedder = new Embedder({ clip, images, library, pictureOf });
    const { embedder } = this;
    const usualThreshold = new UsualThreshold({ embedder, library });
    this.search = new Search({ embedder, usualThreshold, library, photos, notices, indexed, onLost });
    this.results = this.search.results;
    const suggested = () => (this.photoImport.hasAlbum ? ALBUM_LABELS : FIRST_LABELS);
    this.labels = new Labels({ clip, library, photos, notices, suggested, memory, onLost });
    const { models, keptModels, labels } = this;
    this.#modelArrivals = new ModelArrivals({ library, models, keptModels, embedder, labels, notices });
    this.photoImport = new PhotoImport({
      photos,
      originals,
      folders,
      notices,
      schedule,
      pickFolder,
      otherFiles: () => this.checkpointImport.amongPhotos(),
      onFresh: (ids) => this.indexing.enqueue(ids),
      today: parts.today,
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
  }

  openSheet(sheet: SheetName): void {
    this.#turnTo(sheet);
    if (SHOWING_ROOM.includes(sheet)) void this.keptModels.measure();
  }

  /** Closes a panel, unless another one has taken its place. */
  closeSheet(sheet: SheetName | undefined): void {
    if (this.#sheet === sheet) this.#turnTo(undefined);
  }

  /** Offers the downloads that an earlier page left. */
  async recall(): Promise<void> {
    const use = await this.keptModels.measure();
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

  /** Marks photos to do something with. */
  select(ids: readonly number[]): void {
    this.selection.add(ids);
    this.notices.say(`${plural(this.selection.ids.length, 'photo')} selected`);
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
    this.search.like([{ kind: 'photo', id, name: photo.name }]);
  }

  /** Searches by pictures that are none of the photos here, together with what is asked already. */
  findLikeFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    this.show('search');
    this.search.addExamples(files.map((file) => ({ kind: 'file', file, name: file.name })));
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
    if (this.checkpointImport.status.phase === 'working' || this.checkpointExport.work) return false;
    this.#restartModels();
    return true;
  }
}
