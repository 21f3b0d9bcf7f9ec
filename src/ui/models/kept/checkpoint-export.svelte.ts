import type { Progress } from '../../../../workers/api';
import type { ModelsApi, SavedFile } from '../../../../workers/models-api';
import { turns } from '../../../core/tasks';
import type { Notices } from '../../kit/notices.svelte';

export interface CheckpointExportParts {
  readonly models: Pick<ModelsApi, 'saveCheckpoint'>;
  readonly notices: Pick<Notices, 'report' | 'say' | 'clear'>;
  /** Ends the models worker, which stops writing. */
  readonly restartModels: () => void;
  /** Lets the user pick a folder to write into; undefined if cancelled, null if the browser cannot. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
}

const TOPIC = 'saving';

/** Saves a kept model as an OpenCLIP checkpoint. */
export class CheckpointExport {
  #work = $state.raw<{ readonly name: string; readonly progress: Progress | undefined } | undefined>();
  readonly #parts: CheckpointExportParts;
  readonly #turns = turns();

  constructor(parts: CheckpointExportParts) {
    this.#parts = parts;
  }

  /** The model that is being saved. */
  get work(): { readonly name: string; readonly progress: Progress | undefined } | undefined {
    return this.#work;
  }

  /** Saves a model into a folder picked by the user, or as downloads. Failures are reported. */
  async save({ id, name }: { id: string; name: string }, dtype: 'F16' | 'F32'): Promise<void> {
    const { models, notices, pickTarget, handOver } = this.#parts;
    notices.clear(TOPIC);
    const isLatest = this.#turns.begin();
    try {
      const folder = await pickTarget();
      if (folder === undefined) return;
      this.#work = { name, progress: undefined };
      const files = await models.saveCheckpoint(id, dtype, folder ?? undefined, (progress) => {
        if (isLatest() && this.#work) this.#work = { name, progress };
      });
      if (!isLatest()) return;
      handOver(files);
      notices.say(folder ? `${name} saved in ${folder.name}/${id}` : `${name} saved`);
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  cancel(): void {
    this.#turns.end();
    this.#work = undefined;
    this.#parts.restartModels();
    this.#parts.notices.say('Saving cancelled');
  }
}
