import type { ModelSummary, Progress } from '../../../../workers/api';
import type { ArchitectureQuestion, CheckpointFiles, ModelsApi } from '../../../../workers/models-api';
import { failureName } from '../../../core/failure';
import { turns } from '../../../core/tasks';
import { filesOfDirectory, filesOfInput, type GivenFile } from '../../kit/given-files';
import { describe } from '../../kit/failures';
import type { Notices } from '../../kit/notices.svelte';
import type { OtherFiles } from '../../photos/arrivals';
import { CheckpointSearch } from './checkpoint-search';

/** How a checkpoint is to be kept; undefined: as it is in the file. */
export type KeptPrecision = CheckpointFiles['precision'];

/** A checkpoint of the person's own, on its way into the store. */
export type CheckpointImportStatus =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'asking';
      readonly files: CheckpointFiles;
      readonly questions: readonly ArchitectureQuestion[];
      /** It cannot be opened without a `tokenizer.json`. */
      readonly needsTokenizer: boolean;
      /** What went wrong at the last attempt, in a person's words. */
      readonly problem: string | undefined;
    }
  | { readonly phase: 'working'; readonly name: string; readonly progress: Progress | undefined };

export interface CheckpointImportParts {
  readonly models: Pick<ModelsApi, 'questions' | 'addCheckpoint'>;
  readonly notices: Pick<Notices, 'report' | 'say' | 'clear'>;
  /** Ends the models worker, so that nothing of what it was writing is left. */
  readonly restartModels: () => void;
  /** Lets the person pick a folder; undefined when they did not. `id` names what for. */
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
  /** Something must be asked of the person. */
  readonly onAsk: () => void;
  /** The model is kept, and listed by the worker from now on. */
  readonly onEnd: (model: ModelSummary) => void;
}

const TOPIC = 'checkpoint';

/** Opens checkpoints that the person has: checks, converts and keeps them, asking for what the files do not say. */
export class CheckpointImport {
  #status = $state.raw<CheckpointImportStatus>({ phase: 'none' });
  #precision = $state.raw<KeptPrecision>(undefined);
  readonly #parts: CheckpointImportParts;
  /** A turn a checkpoint, and one more where questions came first: the answer to an older one is dropped. */
  readonly #turns = turns();

  constructor(parts: CheckpointImportParts) {
    this.#parts = parts;
  }

  get status(): CheckpointImportStatus {
    return this.#status;
  }

  /** How the next checkpoint is to be kept. */
  get precision(): KeptPrecision {
    return this.#precision;
  }

  choosePrecision(precision: KeptPrecision): void {
    this.#precision = precision;
  }

  /** Lets the person pick a folder and opens it as a checkpoint. */
  async openFolder(): Promise<void> {
    try {
      const folder = await this.#parts.pickFolder('checkpoint');
      if (folder) await this.#openAmong(filesOfDirectory(folder), folder.name);
    } catch (error) {
      this.#parts.notices.report(TOPIC, error);
    }
  }

  /** Opens the files of an `<input webkitdirectory>` as a checkpoint. */
  async openFiles(files: ArrayLike<File>): Promise<void> {
    await this.#openAmong(filesOfInput(files), 'Checkpoint');
  }

  /** Opens the checkpoint among files that were given as photos, if there is one. */
  amongPhotos(): OtherFiles {
    const search = new CheckpointSearch();
    return {
      get count() {
        return search.count;
      },
      take: (found) => search.take(found),
      end: (alone) => {
        const found = search.found() ?? (alone ? search.foundAlone() : undefined);
        if (found) void this.open(found);
        return found !== undefined;
      },
    };
  }

  /** Keeps a checkpoint; where its files leave something open, asks first. Failures are reported. */
  async open(files: CheckpointFiles): Promise<void> {
    const { notices, models } = this.#parts;
    notices.clear(TOPIC);
    const kept = this.#precision === undefined ? files : { ...files, precision: this.#precision };
    if (kept.config || !kept.weights) {
      await this.#keep(kept, []);
      return;
    }
    const isLatest = this.#turns.begin();
    try {
      const questions = await models.questions(kept.weights);
      if (!isLatest()) return;
      if (questions.length > 0) this.#ask(kept, questions, false, undefined);
      else await this.#keep(kept, questions);
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    }
  }

  /** Goes on with what the person answered. */
  async answer(files: Omit<CheckpointFiles, 'weights' | 'config'>): Promise<void> {
    if (this.#status.phase !== 'asking') return;
    const { files: asked, questions } = this.#status;
    await this.#keep({ ...asked, ...files }, questions);
  }

  /** Gives up. What was stored without its manifest is no model. */
  cancel(): void {
    const working = this.#status.phase === 'working';
    this.#turns.end();
    this.#status = { phase: 'none' };
    if (!working) return;
    this.#parts.restartModels();
    this.#parts.notices.say('Cancelled');
  }

  /** Opens the checkpoint among `files` as a model called `name`; what is missing is reported by the models worker. */
  async #openAmong(files: AsyncIterable<GivenFile> | Iterable<GivenFile>, name: string): Promise<void> {
    const search = new CheckpointSearch();
    for await (const given of files) if (given.ok) search.take(given);
    await this.open(search.found() ?? search.foundAlone() ?? { name });
  }

  async #keep(files: CheckpointFiles, questions: readonly ArchitectureQuestion[]): Promise<void> {
    const isLatest = this.#turns.begin();
    const { name } = files;
    this.#status = { phase: 'working', name, progress: undefined };
    try {
      const model = await this.#parts.models.addCheckpoint(files, (progress) => {
        if (isLatest() && this.#status.phase === 'working') {
          this.#status = { phase: 'working', name, progress };
        }
      });
      if (!isLatest()) return;
      this.#status = { phase: 'none' };
      this.#parts.onEnd(model);
    } catch (error) {
      if (isLatest()) this.#failed(files, questions, error);
    }
  }

  #failed(files: CheckpointFiles, questions: readonly ArchitectureQuestion[], error: unknown): void {
    const name = failureName(error);
    const canAnswer = name === 'TokenizerMissing' || (name === 'ArchitectureUnclear' && questions.length > 0);
    if (canAnswer) {
      const { happened, todo } = describe(error);
      this.#ask(files, questions, name === 'TokenizerMissing', `${happened} ${todo}`);
      return;
    }
    this.#status = { phase: 'none' };
    this.#parts.notices.report(TOPIC, error);
  }

  #ask(
    files: CheckpointFiles,
    questions: readonly ArchitectureQuestion[],
    needsTokenizer: boolean,
    problem: string | undefined,
  ): void {
    this.#status = { phase: 'asking', files, questions, needsTokenizer, problem };
    this.#parts.onAsk();
  }
}
