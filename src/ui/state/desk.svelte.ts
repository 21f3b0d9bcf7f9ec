import { Failure } from '../../core/failure';
import type { Tab } from '../address';
import type { Deaths, Workers } from '../connect';
import type { Schedule } from '../frames';
import { plural } from '../words';
import { Indexing } from './indexing.svelte';
import { Intake } from './intake.svelte';
import { Labels } from './labels.svelte';
import { Models } from './models.svelte';
import { Notices } from './notices.svelte';
import { Photos } from './photos.svelte';
import { Search } from './search.svelte';
import { Selection } from './selection.svelte';

/** What the desk needs of the browser. */
export interface DeskParts {
  connect(deaths: Deaths): Workers;
  readonly schedule: Schedule;
  readonly now: () => number;
  /** What the image worker is given for a file. */
  readonly pictureOf: (file: File) => Promise<Blob>;
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
}

/** Everything on the page, made once, and what each concern tells the others. */
export class Desk {
  readonly notices = new Notices();
  readonly photos: Photos;
  readonly models: Models;
  readonly indexing: Indexing;
  readonly search: Search;
  readonly labels: Labels;
  readonly intake: Intake;
  readonly selection: Selection;
  readonly #library: Workers['library'];
  #tab = $state<Tab>('search');

  constructor({ connect, schedule, now, pictureOf, pickFolder }: DeskParts) {
    const stopped = () => new Failure('WorkerDied', 'A background worker stopped.');
    const workers = connect({
      clip: () => this.models.lost(stopped()),
      library: () => this.indexing.libraryLost(stopped()),
    });
    const { clip, library, images } = workers;
    const { notices } = this;
    const onLost = (error: unknown) => this.models.lost(error);

    this.#library = library;
    this.photos = new Photos(schedule);
    const { photos } = this;
    this.selection = new Selection(photos);
    this.models = new Models(workers, notices, (loaded) => {
      this.search.open(undefined);
      this.labels.open(undefined);
      if (loaded) void this.indexing.open(loaded);
      else this.indexing.close();
    });
    this.indexing = new Indexing({
      ...{ clip, images, library, photos, notices, pictureOf, now, onLost },
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
    this.intake = new Intake({
      ...{ photos, notices, schedule, pickFolder },
      indexing: this.indexing,
      models: this.models,
    });
  }

  get tab(): Tab {
    return this.#tab;
  }

  /** Photos that cannot be found because indexing was called off. */
  get leftOut(): number {
    return this.indexing.cancelled ? this.photos.list.length - this.indexing.indexed : 0;
  }

  show(tab: Tab): void {
    this.#tab = tab;
    this.labels.activate(tab === 'label');
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

  /** Takes photos out; `undoRemoval` brings them back until `keepRemoval` or the next removal. */
  remove(ids: readonly number[]): void {
    this.#forget(this.photos.remove(ids));
    this.indexing.recount();
    this.notices.say(`${plural(this.photos.removed.length, 'photo')} removed`);
  }

  undoRemoval(): void {
    const back = this.photos.undo();
    this.indexing.enqueue(back);
    this.indexing.recount();
    this.notices.say(`${plural(back.length, 'photo')} brought back`);
  }

  keepRemoval(): void {
    this.#forget(this.photos.settle());
  }

  #forget(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.indexing.forget(ids);
    // A library that died has forgotten them already.
    this.#library.remove(ids).catch(() => undefined);
  }
}
