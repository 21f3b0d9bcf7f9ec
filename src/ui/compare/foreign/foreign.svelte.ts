import type { LoadedModel } from '../../../../workers/api';
import type { GivenDataset, ReadPart } from '../../../../workers/dataset-api';
import type { FoundRow, OpenedEmbeddings } from '../../../../workers/exchange-api';
import { Failure } from '../../../core/failure';
import { turns } from '../../../core/tasks';
import { dataFolder, repositoryOf } from '../benchmarks/data-folder';
import type { GivenFile } from '../../kit/given-files';
import { latest } from '../../kit/latest';
import { plural } from '../../kit/words';
import { Embedder } from '../../search/embedder';
import { questionOf, questionText, type Question } from '../../search/question';
import type { CompareParts } from '../view';
import { pictureFinder } from './picture-finder';

export type ForeignParts = Pick<CompareParts, 'workers' | 'gallery' | 'models' | 'hub' | 'notices'>;

/** How the model in use and the one that made the rows agree. */
export type Agreement =
  | 'none'
  /** They are one, as the files or the user say. */
  | 'same'
  /** Their numbers are as many; the files name another model, or none. */
  | 'possible'
  | 'different';

/** Rows that are found at once. */
const MOST_FOUND = 60;

const TOPIC = 'embeddings made elsewhere';

/** Embeddings made elsewhere, searched with the model in use. */
export class Foreign {
  #work = $state.raw<{ readonly done: number; readonly total: number } | undefined>(undefined);
  #opened = $state.raw<OpenedEmbeddings | undefined>(undefined);
  #found = $state.raw<readonly FoundRow[] | undefined>(undefined);
  #text = $state('');
  #picture = $state.raw<File | undefined>(undefined);
  /** Id of the model that made the rows, by the user's word. */
  #word = $state<string | undefined>(undefined);
  #pictureOf: (path: string) => File | undefined = () => undefined;
  readonly #parts: ForeignParts;
  readonly #embedder: Embedder;
  readonly #turns = turns();
  readonly #askLatest = latest(() => this.#ask());

  constructor(parts: ForeignParts) {
    const { clip, images, library } = parts.workers;
    this.#parts = parts;
    this.#embedder = new Embedder({ clip, images, library });
  }

  /** Bytes read so far, of all; undefined while nothing is being opened. */
  get work(): { readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  get opened(): OpenedEmbeddings | undefined {
    return this.#opened;
  }

  /** The rows nearest to what is searched for; undefined without a search. */
  get found(): readonly FoundRow[] | undefined {
    return this.#found;
  }

  get text(): string {
    return this.#text;
  }

  /** The picture that is searched by. */
  get picture(): File | undefined {
    return this.#picture;
  }

  get model(): LoadedModel | undefined {
    return this.#parts.models.ready;
  }

  get agreement(): Agreement {
    const { model, opened } = this;
    if (!model || !opened) return 'none';
    const { id, embedDim } = model.summary;
    if (embedDim !== opened.dim) return 'different';
    return id === opened.model || id === this.#word ? 'same' : 'possible';
  }

  get gallery(): Pick<CompareParts['gallery'], 'photos' | 'thumbnails'> {
    return this.#parts.gallery;
  }

  /** The file of a picture that was in the folder of the embeddings. */
  pictureAt(path: string): File | undefined {
    return this.#pictureOf(path);
  }

  /** That file as an `<img>` may show it. @throws as `ImageApi.shown` */
  shown(file: File): Promise<Blob> {
    return this.#parts.workers.images.shown(file);
  }

  /** Opens a folder of the user's. */
  async openFolder(given: Iterable<GivenFile> | AsyncIterable<GivenFile>): Promise<void> {
    await this.#open(() => dataFolder(given, () => undefined));
  }

  /** Opens a repository of embeddings on the hub: `owner/name`, or the address of its page. */
  async openHub(text: string): Promise<void> {
    const { hub, workers } = this.#parts;
    await this.#open(async () => {
      const repository = repositoryOf(text);
      if (repository === undefined) {
        const message = `“${text.trim()}” names no data set: it takes owner/name`;
        throw new Failure('HubNotFound', message);
      }
      await hub.reach(hub.source(repository));
      return { kind: 'hub', ...(await workers.models.listDataset(hub.address, repository)) };
    });
  }

  /** The user says that the model in use has made the rows. */
  agree(): void {
    this.#word = this.model?.summary.id;
    this.#askLatest();
  }

  type(text: string): void {
    this.#text = text;
    this.#askLatest();
  }

  /** Searches by a picture, or by none. */
  like(picture: File | undefined): void {
    this.#picture = picture;
    this.#askLatest();
  }

  /** Asks again: the model in use is another one. */
  again(): void {
    this.#askLatest();
  }

  /** Stops opening. */
  cancel(): void {
    this.#turns.end();
    this.#work = undefined;
    this.#parts.workers.stopExchange();
  }

  /** Closes the embeddings, which gives their memory back. */
  close(): void {
    this.cancel();
    this.#forget();
  }

  #forget(): void {
    this.#opened = undefined;
    this.#found = undefined;
    this.#word = undefined;
    this.#pictureOf = () => undefined;
  }

  async #open(find: () => Promise<GivenDataset>): Promise<void> {
    const { workers, notices } = this.#parts;
    this.close();
    const isLatest = this.#turns.begin();
    notices.clear(TOPIC);
    this.#work = { done: 0, total: 0 };
    try {
      const given = await find();
      const tell = (done: number, total: number) => {
        if (isLatest() && this.#work) this.#work = { done, total };
      };
      const opened = await workers.exchange.openEmbeddings(given, tell, this.#readerOf(given));
      if (!isLatest()) return;
      this.#opened = opened;
      if (given.kind === 'folder') this.#pictureOf = pictureFinder(given.files);
      notices.say(`${plural(opened.rows, 'embedding')} open`);
      this.#askLatest();
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  #readerOf(given: GivenDataset): ReadPart | undefined {
    if (given.kind === 'folder') return undefined;
    const { hub, repository, commit } = given;
    return (path, byteLength, start, end) =>
      this.#parts.workers.models.readDataset({ hub, repository, commit }, { path, byteLength }, start, end);
  }

  async #ask(): Promise<void> {
    const { workers, notices } = this.#parts;
    const { model, opened } = this;
    const question = this.#question();
    if (!question || !model || !opened || this.agreement !== 'same') {
      this.#found = undefined;
      return;
    }
    try {
      const query = await this.#embedder.question(model, question);
      const found = query && (await workers.exchange.searchEmbeddings(query.data, MOST_FOUND));
      if (opened !== this.#opened) return;
      this.#found = found;
      notices.clear(TOPIC);
      notices.say(`The nearest ${plural(found?.length ?? 0, 'row')} ${questionText(question)}`);
    } catch (error) {
      if (opened !== this.#opened) return;
      notices.report(TOPIC, error);
      // Its rows went with the worker; a search then says so.
      if (error instanceof Failure && error.name === 'WorkerDied') this.#forget();
    }
  }

  #question(): Question | undefined {
    const file = this.#picture;
    return questionOf(this.#text, file ? [{ kind: 'file', file, name: file.name }] : []);
  }
}
