import type { ImageApi, LibraryApi, LoadedModel } from '../../../workers/api';
import type { FetchRequest } from '../../../workers/models-api';
import { Notices } from '../kit/notices.svelte';
import type { Gallery } from '../photos/gallery.svelte';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import type { PhotoImport } from '../photos/photo-import.svelte';
import type { Photos } from '../photos/photos.svelte';
import { photoStates } from '../photos/states';
import type { Downloads } from '../models/hub/downloads.svelte';
import type { Hub } from '../models/hub/hub.svelte';
import type { CheckpointExport } from '../models/kept/checkpoint-export.svelte';
import type { CheckpointImport } from '../models/kept/checkpoint-import.svelte';
import type { KeptModels } from '../models/kept/kept-models.svelte';
import type { Models } from '../models/models.svelte';
import { PhotoModelOffer } from '../models/photo-model-offer.svelte';
import { modelStates } from '../models/states';
import { tellOfDamage } from '../indexing/damage';
import { Indexing } from '../indexing/indexing.svelte';
import { PhotoExport } from '../grid/photo-export.svelte';
import { PictureSize } from '../grid/picture-size.svelte';
import { Selection } from '../grid/selection.svelte';
import type { Embedder } from '../search/embedder';
import type { Results } from '../search/results.svelte';
import { SavedSearches } from '../search/saved-searches.svelte';
import type { Search } from '../search/search.svelte';
import { searchStates } from '../search/states';
import { ALBUM_LABELS, FIRST_LABELS } from '../label/first-labels';
import type { Camera } from '../label/camera.svelte';
import type { Labels } from '../label/labels.svelte';
import type { Learning } from '../label/learning.svelte';
import { labelStates } from '../label/states';
import { Duplicates } from '../duplicates/duplicates.svelte';
import { EmbeddingExports } from '../exchange/embedding-exports.svelte';
import { Compare } from '../compare/compare.svelte';
import type { AppStateParts } from './app-state-parts';
import { pageOf, type Tab } from './pages';
import { SHOWING_ROOM, type SheetName } from './sheets';

/** The page's whole state, created once, and the events between its parts. */
export class AppState {
  readonly notices = new Notices();
  readonly gallery: Gallery;
  readonly photos: Photos;
  readonly photoImport: PhotoImport;
  readonly keptLabels: KeptLabels;
  readonly images: Pick<ImageApi, 'shown'>;
  readonly models: Models;
  readonly keptModels: KeptModels;
  readonly downloads: Downloads;
  readonly hub: Hub;
  readonly checkpointImport: CheckpointImport;
  readonly checkpointExport: CheckpointExport;
  readonly photoModelOffer: PhotoModelOffer;
  readonly indexing: Indexing;
  readonly search: Search;
  readonly results: Results;
  readonly savedSearches: SavedSearches;
  readonly labels: Labels;
  readonly learning: Learning;
  readonly camera: Camera;
  readonly compare: Compare;
  readonly duplicates: Duplicates;
  readonly selection: Selection;
  readonly pictureSize: PictureSize;
  readonly photoExport: PhotoExport;
  readonly embeddingExports: EmbeddingExports;
  /** The page is left, perhaps to be shown again: ends every worker, for good. */
  readonly leave: () => void;
  readonly #library: Pick<LibraryApi, 'forgetModel'>;
  readonly #embedder: Pick<Embedder, 'forget'>;
  #tab = $state<Tab>('search');
  #sheet = $state<SheetName | undefined>(undefined);

  constructor(parts: AppStateParts) {
    const { notices } = this;
    const workers = parts.connect({
      clip: (death) => this.models.lost(death),
      library: (death) => this.indexing.libraryLost(death),
      // Callers learn of the death from their rejected calls.
      models: () => undefined,
      unkept: (reason) => this.gallery.keepsNoMore(reason),
    });
    const { clip, library, images } = workers;
    this.#library = library;
    this.leave = () => workers.leave();
    this.images = images;

    const { gallery, photoImport, keptLabels } = photoStates({
      ...parts,
      library,
      images,
      notices,
      leave: () => {
        this.leave();
        // Last, since web storage may be full.
        this.downloads.handOver();
      },
      otherFiles: () => this.checkpointImport.amongPhotos(),
      onFresh: (ids) => this.indexing.enqueue(ids),
      onSeen: (ids) => this.indexing.enqueueSeen(ids),
      onStale: (ids) => this.indexing.forget(ids),
      onCount: () => this.indexing.recount(),
      onFolderGone: (id) => this.results.forgetFolder(id),
      onForgotten: () => this.#beginAnew(),
    });
    const { photos, originals, thumbnails } = gallery;
    this.gallery = gallery;
    this.photos = photos;
    this.photoImport = photoImport;
    this.keptLabels = keptLabels;

    const modelRoom = modelStates({
      ...parts,
      workers,
      notices,
      stopClip: () => workers.stopClip(),
      stopModels: () => workers.stopModels(),
      onChange: (loaded) => this.#turnToModel(loaded),
      onForget: (id) => this.#forgetModel(id),
      onAsk: () => this.openSheet('checkpoint'),
      onKept: () => this.closeSheet('checkpoint'),
    });
    const { models, keptModels } = modelRoom;
    this.models = models;
    this.keptModels = keptModels;
    this.downloads = modelRoom.downloads;
    this.hub = modelRoom.hub;
    this.checkpointImport = modelRoom.checkpointImport;
    this.checkpointExport = modelRoom.checkpointExport;
    this.photoModelOffer = new PhotoModelOffer({
      ...parts,
      ...modelRoom,
      photos,
      folders: gallery.folders,
      libraries: gallery.libraries,
      reading: () => gallery.restoring || photoImport.reading,
    });
    const onLost = (error: unknown) => models.lost(error);

    const indexing = new Indexing({
      ...parts,
      clip,
      images,
      library,
      photos,
      originals,
      thumbnails,
      notices,
      onLost,
      onOpen: (model) => {
        this.search.open(model);
        this.labels.open(model);
        void tellOfDamage({ library, notices }, model.summary.id);
      },
      onProgress: (ended) => {
        this.search.indexed(ended);
        this.labels.indexed(ended);
      },
    });
    this.indexing = indexing;

    const indexed = () => indexing.indexed;
    const status = () => models.status;
    const { embedder, search, results, listed } = searchStates({
      clip,
      images,
      library,
      photos,
      keptLabels,
      notices,
      status,
      indexed,
      onLost,
    });
    this.#embedder = embedder;
    this.search = search;
    this.results = results;

    this.savedSearches = new SavedSearches({
      ...parts,
      search,
      results,
      photos,
      folders: () => gallery.folders.list,
      library: () => gallery.libraries.current.id,
      notices,
      onUse: () => this.#turnToAnswer(),
    });

    const suggested = () => (photoImport.hasAlbum ? ALBUM_LABELS : FIRST_LABELS);
    const { labels, learning, camera } = labelStates({
      ...{ ...parts, clip, images, library, photos, listed, keptLabels, notices, status, suggested, onLost },
      model: () => models.ready,
      onOffer: () => this.openSheet('label-set'),
      keep: (picture) => photoImport.addFiles([picture], 'chosen'),
    });
    this.labels = labels;
    this.learning = learning;
    this.camera = camera;

    const rooms = { ...modelRoom, workers, gallery, models, keptModels, indexing, search, labels, notices };
    const download = (request: FetchRequest) => void this.download(request);
    this.compare = new Compare({ ...parts, ...rooms, download });

    this.duplicates = new Duplicates({ library, photos, notices });

    this.selection = new Selection({ photos, notices });
    this.pictureSize = new PictureSize(parts.screenWidth);
    const cosine = (id: number) => results.scoreOf(id);
    this.photoExport = new PhotoExport({ ...parts, photos, originals, keptLabels, notices, cosine });
    const ready = () => models.ready;
    this.embeddingExports = new EmbeddingExports({ ...parts, library, notices, ready });
  }

  get tab(): Tab {
    return this.#tab;
  }

  /** The panel that is open. */
  get sheet(): SheetName | undefined {
    return this.#sheet;
  }

  /** Whether a panel has something to show: some are for what waits for an answer. */
  canOpen(sheet: SheetName): boolean {
    if (sheet === 'label-set') return this.labels.sets.offered !== undefined;
    return sheet !== 'checkpoint' || this.checkpointImport.status.phase === 'asking';
  }

  /** Whether some photos are selected, or are being saved. */
  get isSelecting(): boolean {
    return this.selection.ids.length > 0 || this.photoExport.work !== undefined;
  }

  /** Number of photos not searchable because indexing was cancelled. */
  get leftOut(): number {
    return this.indexing.cancelled ? this.photos.list.length - this.indexing.indexed : 0;
  }

  /** Tries all photos again that could not be read: looks through the folders that may be read, and indexes the rest. */
  async tryAgain(): Promise<void> {
    this.photos.clearPassing();
    for (const { id } of this.gallery.folders.list) await this.photoImport.lookAgain(id, true);
    this.indexing.indexRest();
  }

  show(tab: Tab): void {
    this.#tab = tab;
    this.search.activate(tab === 'search');
    this.labels.activate(tab === 'label');
    if (tab !== 'label') this.camera.stop();
    this.compare.activate(tab === 'compare');
  }

  openSheet(sheet: SheetName): void {
    this.#turnTo(sheet);
    if (SHOWING_ROOM.includes(sheet)) void this.keptModels.measure();
  }

  /** Closes a panel, unless another one has replaced it. */
  closeSheet(sheet: SheetName | undefined): void {
    if (this.#sheet !== sheet) return;
    this.#turnTo(undefined);
    if (sheet === 'checkpoint' && this.canOpen(sheet)) this.checkpointImport.cancel();
  }

  /** Offers the unfinished downloads of an earlier page, and goes on with those that another tab has handed over. */
  async recall(): Promise<void> {
    const use = await this.keptModels.measure();
    if (!use) return;
    this.downloads.offer(use.downloads);
    for (const id of this.downloads.handedOver()) await this.resumeDownload(id);
  }

  /** Downloads a model after allowing its host; loads it if it is already here. */
  async download(request: FetchRequest): Promise<void> {
    this.hub.forget();
    await this.hub.reach(request.source);
    await this.downloads.start(request);
  }

  /** Resumes a download. */
  async resumeDownload(id: string, tokenizer?: Blob): Promise<void> {
    const download = this.downloads.get(id);
    if (!download) return;
    await this.hub.reach(download.request.source);
    this.downloads.resume(id, tokenizer);
  }

  /** Searches for `text`. */
  find(text: string): void {
    this.#turnToAnswer();
    this.search.type(text);
  }

  findLike(id: number): void {
    const photo = this.photos.current(id);
    if (!photo) return;
    this.#turnToAnswer();
    this.search.like([{ kind: 'photo', id, name: photo.name }]);
  }

  /** Adds pictures from outside the library to the current query. */
  findLikeFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    this.#turnToAnswer();
    this.search.addExamples(files.map((file) => ({ kind: 'file', file, name: file.name })));
  }

  /** Opens the search page, unless this one asks what is searched for too. */
  #turnToAnswer(): void {
    if (!pageOf(this.#tab).asks?.(this)) this.show('search');
  }

  /** Switches panels; what belongs to the one that was open is dropped: an inspected checkpoint, an offered set. */
  #turnTo(sheet: SheetName | undefined): void {
    if (this.#sheet !== sheet) this.hub.forget();
    if (sheet !== 'label-set') this.labels.sets.leave();
    this.#sheet = sheet;
  }

  /** Switches all parts to another model, or to none. */
  #turnToModel(loaded: LoadedModel | undefined): void {
    // What was said was of the model that is gone.
    if (!loaded) this.notices.say('');
    this.search.open(undefined);
    this.labels.open(undefined);
    if (loaded) void this.indexing.open(loaded);
    else this.indexing.close();
  }

  /** Drops everything a model made. */
  #forgetModel(id: string): void {
    // A library worker that died has dropped it already.
    this.#library.forgetModel(id).catch(() => undefined);
    this.#embedder.forget();
    this.labels.forgetTexts();
  }

  /** Reopens the emptied library for the current model. */
  #beginAnew(): void {
    this.keptLabels.clear();
    this.results.filterBy({});
    const { ready } = this.models;
    if (ready) void this.indexing.open(ready);
  }
}
