import type { SavedFile } from '../../../workers/models-api';
import { Failure, failureName, messageOf } from '../../core/failure';
import { turns } from '../../core/tasks';
import type { Photo } from '../photos/photo';
import { namesOf } from '../../library/photo-labels';
import { csvOf, jsonOf, type ListedPhoto } from './photo-list';
import { sidecarOf } from './sidecar';
import { describe } from '../kit/failures';
import { countText, plural } from '../kit/words';
import { numbered } from '../kit/numbered';
import { safeName } from './file-names';
import type { Notices } from '../kit/notices.svelte';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import type { Originals } from '../photos/originals';
import type { Photos } from '../photos/photos.svelte';

export interface PhotoExportParts {
  readonly photos: Pick<Photos, 'current'>;
  readonly originals: Pick<Originals, 'open' | 'beside'>;
  readonly keptLabels: Pick<KeptLabels, 'of'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'warn' | 'clear'>;
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
    const { cosine, keptLabels, handOver, notices } = this.#parts;
    const photos: ListedPhoto[] = this.#photos(ids).map((photo) => ({
      photo,
      cosine: cosine(photo.id),
      labels: keptLabels.of(photo),
    }));
    const file =
      form === 'csv'
        ? new Blob([csvOf(photos)], { type: 'text/csv' })
        : new Blob([jsonOf(photos)], { type: 'application/json' });
    handOver([{ name: `photos.${form}`, file }]);
    notices.say(`A list of ${plural(photos.length, 'photo')} saved`);
  }

  /**
   * Zips an XMP sidecar for each photo that has labels, with their folders, and downloads the archive. One that lies beside a
   * photo is merged, if it can be.
   */
  async sidecars(ids: readonly number[]): Promise<void> {
    const { originals, handOver, notices } = this.#parts;
    // Keywords of its file need no sidecar: they are there already.
    const labelled = this.#labelled(ids, () => []);
    if (labelled.length === 0) return;
    const isLatest = this.#turns.begin();
    let left = 0;
    const made = async function* (step: (done: number) => void) {
      for (const [at, { photo, names }] of labelled.entries()) {
        if (!isLatest()) return;
        step(at);
        const sidecar = await sidecarOf(photo, names, (name) => originals.beside(photo, name));
        if (!sidecar) left++;
        else yield { path: sidecar.path, bytes: new Blob([sidecar.text]), modified: photo.modified };
      }
    };
    try {
      const { zipOf } = await import('./photo-archive');
      const total = labelled.length;
      const file = await zipOf(made((done) => (this.#work = { what: 'Packing photos', done, total })));
      if (!isLatest()) return;
      handOver([{ name: 'sidecars.zip', file }]);
      const said = `${plural(total - left, 'sidecar')} packed`;
      notices.say(
        left > 0 ? `${said} · ${plural(left, 'other')} could not be merged and stay as they are` : said,
      );
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  /** Zips the photos' files, with their folders, and downloads the archive. */
  async zip(ids: readonly number[]): Promise<void> {
    await this.#during('Packing photos', ids, async (files) => {
      const { zipOf } = await import('./photo-archive');
      const packed = async function* () {
        for await (const { photo, bytes } of files) {
          yield { path: photo.path, bytes, modified: photo.modified };
        }
      };
      const file = await zipOf(packed());
      return (count) => {
        this.#parts.handOver([{ name: 'photos.zip', file }]);
        return `${plural(count, 'photo')} packed`;
      };
    });
  }

  /** Copies the photos' files into a folder picked by the user; a taken name gets a number. */
  async copy(ids: readonly number[]): Promise<void> {
    const folder = await this.#picked();
    if (!folder) {
      if (folder === null)
        this.#parts.notices.say('This browser cannot write into a folder: download a zip instead');
      return;
    }
    await this.#during('Copying photos', ids, async (files) => {
      for await (const { photo, bytes } of files) await writeInto(folder, safeName(photo.name), bytes);
      return (count) => `${plural(count, 'photo')} copied into ${folder.name}`;
    });
  }

  /**
   * Copies the photos into a folder for each of their labels, below one picked by the user, or in a zip where the browser
   * writes into none. A photo with two labels is in both; one without is left out.
   */
  async copyByLabel(ids: readonly number[]): Promise<void> {
    const labelled = this.#labelled(ids, ({ keywords = [] }) => keywords);
    if (labelled.length === 0) return;
    const folder = await this.#picked();
    if (folder === undefined) return;
    const labels = new Map(labelled.map(({ photo, names }) => [photo.id, names]));
    const folders = plural(new Set(labelled.flatMap(({ names }) => names)).size, 'folder');
    const left = this.#photos(ids).length - labels.size;
    const rest = left > 0 ? ` · ${countText(left)} without a label left out` : '';
    if (folder) {
      await this.#during('Copying photos', [...labels.keys()], async (files) => {
        for await (const { photo, bytes } of files) {
          for (const label of labels.get(photo.id)!) {
            await writeInto(await folderIn(folder, safeName(label)), safeName(photo.name), bytes);
          }
        }
        return (count) => `${plural(count, 'photo')} copied into ${folders} of ${folder.name}${rest}`;
      });
      return;
    }
    await this.#during('Packing photos', [...labels.keys()], async (files) => {
      const { zipOf } = await import('./photo-archive');
      const packed = async function* () {
        for await (const { photo, bytes } of files) {
          for (const label of labels.get(photo.id)!) {
            yield { path: `${safeName(label)}/${photo.name}`, bytes, modified: photo.modified };
          }
        }
      };
      const file = await zipOf(packed());
      return (count) => {
        this.#parts.handOver([{ name: 'photos-by-label.zip', file }]);
        return `${plural(count, 'photo')} packed in ${folders}${rest}`;
      };
    });
  }

  /** Those with labels; says so if none has one. */
  #labelled(
    ids: readonly number[],
    keywordsOf: (photo: Photo) => readonly string[],
  ): { readonly photo: Photo; readonly names: readonly string[] }[] {
    const { keptLabels, notices } = this.#parts;
    const labelled = this.#photos(ids).flatMap((photo) => {
      const names = namesOf(keptLabels.of(photo), keywordsOf(photo));
      return names.length > 0 ? [{ photo, names }] : [];
    });
    if (labelled.length === 0) notices.say('None of these photos has a label yet');
    return labelled;
  }

  /** As `pickTarget`; what it throws is reported. */
  #picked(): Promise<FileSystemDirectoryHandle | undefined | null> {
    return this.#parts.pickTarget().catch((error: unknown) => {
      this.#parts.notices.report(TOPIC, error);
      return undefined;
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

  /**
   * Runs `work` on the photos' files; then calls its result with their number and announces the text, unless cancelled
   * meanwhile or no photo could be opened.
   *
   * Why each file is read whole: one that cannot be read to its end is then left out, not half written.
   */
  async #during(
    what: TakingWork['what'],
    ids: readonly number[],
    work: (files: AsyncIterable<{ photo: Photo; bytes: ArrayBuffer }>) => Promise<(count: number) => string>,
  ): Promise<void> {
    const { originals, notices } = this.#parts;
    notices.clear(TOPIC);
    const isLatest = this.#turns.begin();
    const photos = this.#photos(ids);
    if (photos.length === 0) return;
    const missing: unknown[] = [];
    const step = (done: number) => {
      if (isLatest()) this.#work = { what, done, total: photos.length };
    };
    const files = async function* () {
      for (const [at, photo] of photos.entries()) {
        if (!isLatest()) return;
        step(at);
        let bytes: ArrayBuffer;
        try {
          bytes = await bytesOf(await originals.open(photo), photo.path);
        } catch (error) {
          if (failureName(error) === undefined) throw error;
          missing.push(error);
          continue;
        }
        yield { photo, bytes };
      }
    };
    step(0);
    try {
      const finish = await work(files());
      if (!isLatest()) return;
      const count = photos.length - missing.length;
      if (count === 0) {
        notices.warn(TOPIC, {
          happened: `${noneOpened(photos.length)} ${describe(missing[0]).happened}`,
          todo: 'Open “Your photos” and allow reading their folder, or add it again. Then try once more.',
        });
        notices.say('');
        return;
      }
      const said = finish(count);
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

function noneOpened(count: number): string {
  return count === 1
    ? 'The photo could not be opened.'
    : `None of the ${plural(count, 'photo')} could be opened.`;
}

/** @throws FileUnreadable */
async function bytesOf(file: File, path: string): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new Failure('FileUnreadable', `${path} could not be read: ${messageOf(error)}`, { cause: error });
  }
}

async function writeInto(folder: FileSystemDirectoryHandle, name: string, bytes: ArrayBuffer): Promise<void> {
  const free = await freeName(folder, name);
  const handle = await folder.getFileHandle(free, { create: true });
  try {
    await new Blob([bytes]).stream().pipeTo(await handle.createWritable());
  } catch (error) {
    // It would stay as an empty file.
    await folder.removeEntry(free).catch(() => undefined);
    throw error;
  }
}

/** The folder `name`, made if it is missing; "name (2)" and so on where a file has that name. */
async function folderIn(above: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  for (let number = 1; ; number++) {
    try {
      return await above.getDirectoryHandle(numbered(name, number), { create: true });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TypeMismatchError') throw error;
    }
  }
}

/** `name`, or "name (2).jpg" and so on if the folder already has it. */
async function freeName(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const tried = numbered(name, number);
    try {
      await folder.getFileHandle(tried);
    } catch (error) {
      const why = error instanceof Error ? error.name : '';
      if (why === 'NotFoundError') return tried;
      // A folder has that name.
      if (why !== 'TypeMismatchError') throw error;
    }
  }
}
