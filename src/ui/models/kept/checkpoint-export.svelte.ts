import type { Progress } from '../../../../workers/api';
import type { ModelsApi, SavedFile } from '../../../../workers/models-api';
import { turns } from '../../../core/tasks';
import type { Notices } from '../../kit/notices.svelte';

export interface CheckpointExportParts {
  readonly models: Pick<ModelsApi, 'saveCheckpoint'>;
  readonly notices: Pick<Notices, 'report' | 'say' | 'clear'>;
  /** Ends the models worker, and with it the writing. */
  readonly restartModels: () => void;
  /** Lets the person pick a folder to write into: undefined when they did not, null where no browser can. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Gives the person files to keep. */
  readonly handOver: (files: readonly SavedFile[]) => void;
}

const TOPIC = 'saving';

/** Writes a kept model out as an OpenCLIP checkpoint. */
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

  /** Saves `model` into a folder of the person's choice, or as downloads. Failures are reported. */
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
