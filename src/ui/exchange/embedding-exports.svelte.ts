import type { ExportLayout, LibraryApi, LoadedModel } from '../../../workers/api';
import type { SavedFile } from '../../../workers/models-api';
import { failureName } from '../../core/failure';
import { turns } from '../../core/tasks';
import type { Notices } from '../kit/notices.svelte';
import { plural } from '../kit/words';

export interface EmbeddingExportsParts {
  readonly library: Pick<LibraryApi, 'exportEmbeddings' | 'stopExport'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** The model in use, if there is one. */
  readonly ready: () => LoadedModel | undefined;
  /** Lets the user pick a folder to write into; undefined if cancelled, null if the browser cannot. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
}

const TOPIC = 'embeddings';

/** Saves the embeddings of photos for other tools: into a folder, or as a download. */
export class EmbeddingExports {
  #work = $state.raw<{ readonly done: number; readonly total: number } | undefined>(undefined);
  readonly #parts: EmbeddingExportsParts;
  readonly #turns = turns();

  constructor(parts: EmbeddingExportsParts) {
    this.#parts = parts;
  }

  /** Rows written so far, of all; undefined while none are. */
  get work(): { readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  /** Saves what the model in use has made of the photos `ids`. Failures are reported. */
  async save(layout: ExportLayout, ids: readonly number[]): Promise<void> {
    const { library, notices, ready, pickTarget } = this.#parts;
    const model = ready();
    if (!model) return;
    notices.clear(TOPIC);
    const isLatest = this.#turns.begin();
    try {
      const folder = await pickTarget();
      if (folder === undefined || !isLatest()) return;
      this.#work = { done: 0, total: 0 };
      const { summary, preprocess } = model;
      const { id, precision } = summary;
      const request = { model: id, precision, preprocess, layout, ids };
      const saved = await library.exportEmbeddings(
        { ...request, ...(folder && { folder }) },
        (done, total) => {
          // Progress messages may arrive after the result.
          if (isLatest() && this.#work) this.#work = { done, total };
        },
      );
      if (!isLatest()) return;
      await this.#deliver(saved.files, isLatest);
      if (!isLatest()) return;
      const place = folder && saved.folder !== undefined ? ` in ${folder.name}/${saved.folder}` : '';
      notices.say(`${plural(saved.count, 'embedding')} saved${place}`);
    } catch (error) {
      if (isLatest() && failureName(error) !== 'Cancelled') notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  cancel(): void {
    this.#turns.end();
    this.#work = undefined;
    // A library worker that died has stopped already.
    this.#parts.library.stopExport().catch(() => undefined);
    this.#parts.notices.say('Cancelled: nothing was saved');
  }

  /** A download has no folders: several files are packed into one. */
  async #deliver(files: readonly SavedFile[], isWanted: () => boolean): Promise<void> {
    const { handOver } = this.#parts;
    if (files.length < 2) {
      handOver(files);
      return;
    }
    const { zipOf } = await import('../grid/photo-archive');
    const packed = async function* () {
      for (const { name, file } of files) yield { path: name, bytes: file, modified: Date.now() };
    };
    const zip = await zipOf(packed());
    if (isWanted()) handOver([{ name: 'embeddings.zip', file: zip }]);
  }
}
