import type { ImageApi } from '../../../workers/api';
import { messageOf } from '../../core/failure';
import { sentence } from '../kit/failures';
import type { Action } from '../kit/notices.svelte';
import { plural } from '../kit/words';
import { isDrawing } from '../photos/arrivals';
import { spotText } from '../photos/spot';
import { withCondition } from '../search/conditions';
import { pageOf, type PageStates, type Tab } from './pages';
import type { Photo } from '../photos/photo';

/** The page state that the viewer uses. */
export interface PhotoViewerParts extends PageStates {
  readonly tab: Tab;
  readonly images: Pick<ImageApi, 'shown'>;
  find(text: string): void;
  findLike(id: number): void;
}

/** Why only a photo's thumbnail is shown, and what helps, if a button can. */
export interface Missing {
  readonly why: string;
  readonly action: Action | undefined;
}

/** The photo shown in full. */
export class PhotoViewer {
  #id = $state<number | undefined>(undefined);
  #picture = $state<string | undefined>(undefined);
  #missing = $state.raw<Missing | undefined>(undefined);

  readonly #app: PhotoViewerParts;
  readonly #photo = $derived.by(() =>
    this.#id === undefined ? undefined : this.#app.gallery.photos.get(this.#id),
  );
  /** Ids in the order the page shows them. */
  readonly #ids = $derived.by(() => {
    const { gallery, tab } = this.#app;
    if (this.#among) return this.#among.filter((id) => gallery.photos.get(id));
    return pageOf(tab).shown?.(this.#app) ?? [];
  });
  /** The ids to step through; undefined: all on the page. */
  #among = $state.raw<readonly number[] | undefined>(undefined);
  readonly #index = $derived(this.#id === undefined ? -1 : this.#ids.indexOf(this.#id));

  constructor(app: PhotoViewerParts) {
    this.#app = app;
  }

  get photo(): Photo | undefined {
    return this.#photo;
  }

  /** The ids to step through, if they are not those of the page. */
  get among(): readonly number[] | undefined {
    return this.#among;
  }

  /** Object URL of the file, or of its thumbnail until the file is open; undefined if there is neither. */
  get picture(): string | undefined {
    return this.#picture ?? (this.#photo && this.#app.gallery.thumbnails.of(this.#photo));
  }

  /** Object URL of the file; undefined until it is open. */
  get original(): string | undefined {
    return this.#picture;
  }

  /** Why only the thumbnail is shown; undefined if the photo is. */
  get missing(): Missing | undefined {
    return this.#missing;
  }

  /** Its cosine with the query, on a page that shows cosines. */
  get cosine(): number | undefined {
    return this.#id === undefined ? undefined : pageOf(this.#app.tab).cosine?.(this.#app, this.#id);
  }

  /** "3 of 80 photos". */
  get place(): string {
    return `${this.#index + 1} of ${plural(this.#ids.length, 'photo')}`;
  }

  /** @param among ids to step through; default: all on the page */
  open(id: number, among?: readonly number[]): void {
    const photo = this.#app.gallery.photos.current(id);
    if (!photo) return;
    this.close();
    this.#id = id;
    this.#among = among;
    void this.#fetch(photo);
  }

  close(): void {
    if (this.#picture) URL.revokeObjectURL(this.#picture);
    this.#picture = undefined;
    this.#missing = undefined;
    this.#id = undefined;
  }

  /** To the next (1) or previous (-1) photo, if there is one. */
  step(by: 1 | -1): void {
    const next = this.#ids[this.#index + by];
    if (next !== undefined && this.#index >= 0) this.open(next, this.#among);
  }

  findLike(): void {
    const id = this.#id;
    this.close();
    if (id !== undefined) this.#app.findLike(id);
  }

  /** Looks for the photos taken within so many kilometres of this one. */
  findNear(within: number): void {
    const place = this.photo?.place;
    this.close();
    if (place) this.#app.find(withCondition('', 'near', spotText({ ...place, within })));
  }

  /** Removes the photo and shows the one after it, else the one before. */
  remove(): void {
    const id = this.#id;
    if (id === undefined) return;
    const next = this.#ids[this.#index + 1] ?? this.#ids[this.#index - 1];
    this.close();
    this.#app.gallery.remove([id]);
    if (next !== undefined) this.open(next);
  }

  async #fetch(photo: Photo): Promise<void> {
    this.#missing = undefined;
    try {
      const file = await this.#app.gallery.originals.open(photo);
      const shown = await this.#shown(file);
      if (this.#id === photo.id) this.#picture ??= URL.createObjectURL(shown);
    } catch (error) {
      if (this.#id !== photo.id) return;
      this.#missing = { why: sentence(messageOf(error)), action: this.#remedy(photo) };
    }
  }

  /** What an `<img>` may show of a file: browsers turn every JPEG upright, and a drawing could hold the page. */
  async #shown(file: File): Promise<Blob> {
    if (file.type === 'image/jpeg') return file;
    try {
      return await this.#app.images.shown(file);
    } catch (error) {
      if (isDrawing(file)) throw error;
      return file;
    }
  }

  #remedy(photo: Photo): Action | undefined {
    const { gallery } = this.#app;
    const { folders } = gallery;
    const folder = folders.get(photo.folder);
    if (folder && folders.access(folder.id) === 'ask') {
      const again = () => {
        if (this.#id === photo.id) void this.#fetch(photo);
      };
      return { label: `Allow reading ${folder.name}`, run: () => void gallery.allow(folder.id, again) };
    }
    const isKnown = photo.handle !== undefined || folder?.handle !== undefined || folder?.kind === 'album';
    return isKnown ? { label: 'Try again', run: () => void this.#fetch(photo) } : undefined;
  }
}
