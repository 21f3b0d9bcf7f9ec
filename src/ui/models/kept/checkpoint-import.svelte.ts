import type { ModelSummary, Progress } from '../../../../workers/api';
import type { ArchitectureQuestion, CheckpointFiles, ModelsApi } from '../../../../workers/models-api';
import { failureName } from '../../../core/failure';
import { turns } from '../../../core/tasks';
import { filesOfDirectory, filesOfInput, type GivenFile } from '../../kit/given-files';
import { describe } from '../../kit/failures';
import type { Notices } from '../../kit/notices.svelte';
import type { OtherFiles } from '../../photos/arrivals';
import { CheckpointSearch } from './checkpoint-search';

/** Storage precision of a checkpoint; undefined: as in the file. */
export type KeptPrecision = CheckpointFiles['precision'];

/** Status of adding a checkpoint of the user's own. */
export type CheckpointImportStatus =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'asking';
      readonly files: CheckpointFiles;
      readonly questions: readonly ArchitectureQuestion[];
      /** A `tokenizer.json` is required. */
      readonly needsTokenizer: boolean;
      /** The problem of the last attempt, as shown to the user. */
      readonly problem: string | undefined;
    }
  | { readonly phase: 'working'; readonly name: string; readonly progress: Progress | undefined };

export interface CheckpointImportParts {
  readonly models: Pick<ModelsApi, 'questions' | 'addCheckpoint'>;
  readonly notices: Pick<Notices, 'report' | 'warn' | 'say' | 'clear'>;
  /** Ends the models worker, discarding what it was writing. */
  readonly restartModels: () => void;
  /** Lets the user pick a folder; undefined if cancelled. `id` names the purpose. */
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
  /** The user must answer questions. */
  readonly onAsk: () => void;
  /** The model was added and is now listed by the worker. */
  readonly onEnd: (model: ModelSummary) => void;
}

const TOPIC = 'checkpoint';

/** Adds the user's own checkpoints: checks, converts and keeps them, asking for missing settings. */
export class CheckpointImport {
  #status = $state.raw<CheckpointImportStatus>({ phase: 'none' });
  #precision = $state.raw<KeptPrecision>(undefined);
  readonly #parts: CheckpointImportParts;
  /** One turn per checkpoint, and another after questions: stale results are discarded. */
  readonly #turns = turns();

  constructor(parts: CheckpointImportParts) {
    this.#parts = parts;
  }

  get status(): CheckpointImportStatus {
    return this.#status;
  }

  /** Storage precision of the next checkpoint. */
  get precision(): KeptPrecision {
    return this.#precision;
  }

  choosePrecision(precision: KeptPrecision): void {
    this.#precision = precision;
  }

  /** Lets the user pick a folder and opens it as a checkpoint. */
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

  /** Opens the checkpoint among files added as photos, if there is one. */
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

  /** Adds a checkpoint, first asking for missing settings. Failures are reported. */
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
      const questions = await models.questions(kept);
      if (!isLatest()) return;
      if (questions.length > 0) this.#ask(kept, questions, false, undefined);
      else await this.#keep(kept, questions);
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    }
  }

  /** Continues with the user's answers. */
  async answer(files: Omit<CheckpointFiles, 'weights' | 'config'>): Promise<void> {
    if (this.#status.phase !== 'asking') return;
    const { files: asked, questions } = this.#status;
    await this.#keep({ ...asked, ...files }, questions);
  }

  /** Cancels. Files stored without a manifest are not a model. */
  cancel(): void {
    const working = this.#status.phase === 'working';
    this.#turns.end();
    this.#status = { phase: 'none' };
    if (!working) return;
    this.#parts.restartModels();
    this.#parts.notices.say('Cancelled');
  }

  /** Opens the checkpoint among `files` as model `name`; missing files are reported by the models worker. */
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
      this.#tellChoice(files);
      this.#parts.onEnd(model);
    } catch (error) {
      if (isLatest()) this.#failed(files, questions, error);
    }
  }

  /** Says which file of weights was taken, where a folder has several. */
  #tellChoice({ name, choice }: CheckpointFiles): void {
    if (!choice) return;
    this.#parts.notices.warn(TOPIC, {
      happened: `${name} has more than one file of weights: ${choice.taken} was opened, not ${choice.besides.join(', ')}.`,
      todo: 'Open another file alone if you meant that one.',
    });
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
