import { downloadZip } from 'client-zip';
import type { SavedFile } from '../../../workers/models-api';
import { failureName } from '../../core/failure';
import { turns } from '../../core/tasks';
import type { Photo } from '../photos/photo';
import { csvOf, jsonOf, type ListedPhoto } from './photo-list';
import { plural } from '../kit/words';
import type { Notices } from '../kit/notices.svelte';
import type { Originals } from '../photos/originals';
import type { Photos } from '../photos/photos.svelte';

export interface PhotoExportParts {
  readonly photos: Pick<Photos, 'current'>;
  readonly originals: Pick<Originals, 'open'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** A photo's cosine with the current query. */
  readonly cosine: (id: number) => number | undefined;
  /** Lets the user pick a folder to write into; undefined if cancelled, null if the browser cannot. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
}

/** The current export: `done` of `total` photos. */
export interface TakingWork {
  readonly what: 'Packing photos' | 'Copying photos';
  readonly done: number;
  readonly total: number;
}

const TOPIC = 'taking';

/** Exports photos: as a list, as a zip, or copied into a folder. Unreachable files are skipped and counted. */
export class PhotoExport {
  #work = $state.raw<TakingWork | undefined>(undefined);
  readonly #parts: PhotoExportParts;
  readonly #turns = turns();

  constructor(parts: PhotoExportParts) {
    this.#parts = parts;
  }

  get work(): TakingWork | undefined {
    return this.#work;
  }

  /** Saves the photos' metadata, in this order, as a file. */
  list(ids: readonly number[], form: 'csv' | 'json'): void {
    const { cosine, handOver, notices } = this.#parts;
    const photos: ListedPhoto[] = this.#photos(ids).map((photo) => ({ photo, cosine: cosine(photo.id) }));
    const file =
      form === 'csv'
        ? new Blob([csvOf(photos)], { type: 'text/csv' })
        : new Blob([jsonOf(photos)], { type: 'application/json' });
    handOver([{ name: `photos.${form}`, file }]);
    notices.say(`A list of ${plural(photos.length, 'photo')} saved`);
  }

  /** Zips the photos' files, with their folders, and downloads the archive. */
  async zip(ids: readonly number[]): Promise<void> {
    await this.#during('Packing photos', ids, async (files, missing) => {
      const entries = async function* () {
        for await (const { photo, file } of files) {
          yield { name: photo.path, input: file, lastModified: new Date(photo.modified) };
        }
      };
      const file = await downloadZip(entries(), { buffersAreUTF8: true }).blob();
      return () => {
        this.#parts.handOver([{ name: 'photos.zip', file }]);
        return `${plural(ids.length - missing.length, 'photo')} packed`;
      };
    });
  }

  /** Copies the photos' files into a folder picked by the user; a taken name gets a number. */
  async copy(ids: readonly number[]): Promise<void> {
    const folder = await this.#parts.pickTarget().catch((error: unknown) => {
      this.#parts.notices.report(TOPIC, error);
      return undefined;
    });
    if (!folder) {
      if (folder === null)
        this.#parts.notices.say('This browser cannot write into a folder: download a zip instead');
      return;
    }
    await this.#during('Copying photos', ids, async (files, missing) => {
      for await (const { photo, file } of files) await writeInto(folder, photo.name, file);
      return () => `${plural(ids.length - missing.length, 'photo')} copied into ${folder.name}`;
    });
  }

  cancel(): void {
    this.#turns.end();
    this.#work = undefined;
    this.#parts.notices.say('Cancelled');
  }

  #photos(ids: readonly number[]): Photo[] {
    return ids.flatMap((id) => this.#parts.photos.current(id) ?? []);
  }

  /** Runs `work` on the photos' files; then calls its result and announces the text, unless cancelled meanwhile. */
  async #during(
    what: TakingWork['what'],
    ids: readonly number[],
    work: (
      files: AsyncIterable<{ photo: Photo; file: File }>,
      missing: readonly Photo[],
    ) => Promise<() => string>,
  ): Promise<void> {
    const { originals, notices } = this.#parts;
    notices.clear(TOPIC);
    const isLatest = this.#turns.begin();
    const photos = this.#photos(ids);
    const missing: Photo[] = [];
    const step = (done: number) => {
      if (isLatest()) this.#work = { what, done, total: photos.length };
    };
    const files = async function* () {
      for (const [at, photo] of photos.entries()) {
        if (!isLatest()) return;
        step(at);
        try {
          yield { photo, file: await originals.open(photo) };
        } catch (error) {
          if (failureName(error) === undefined) throw error;
          missing.push(photo);
        }
      }
    };
    step(0);
    try {
      const finish = await work(files(), missing);
      if (!isLatest()) return;
      const said = finish();
      notices.say(
        missing.length > 0 ? `${said} · ${plural(missing.length, 'file')} could not be opened` : said,
      );
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }
}

async function writeInto(folder: FileSystemDirectoryHandle, name: string, file: File): Promise<void> {
  const handle = await folder.getFileHandle(await freeName(folder, name), { create: true });
  const stream = await handle.createWritable();
  await file.stream().pipeTo(stream);
}

/** `name`, or "name (2).jpg" and so on if the folder already has it. */
async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${stem} (${number})${ending}`;
    try {
      await folder.getFileHandle(tried);
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return tried;
      throw error;
    }
  }
}
