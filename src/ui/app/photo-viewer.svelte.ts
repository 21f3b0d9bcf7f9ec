import { messageOf } from '../../core/failure';
import { sentence } from '../kit/failures';
import { plural } from '../kit/words';
import type { AppState } from './app-state.svelte';
import type { Photo } from '../photos/photo';

/** The one photo that is shown in full. */
export class PhotoViewer {
  #id = $state<number | undefined>(undefined);
  #picture = $state<string | undefined>(undefined);
  #missing = $state<string | undefined>(undefined);

  readonly #app: Pick<AppState, 'photos' | 'gallery' | 'search' | 'results' | 'labels' | 'tab' | 'findLike'>;
  readonly #photo = $derived.by(() => (this.#id === undefined ? undefined : this.#app.photos.get(this.#id)));
  /** Ids in the order the page shows them. */
  readonly #ids = $derived.by(() => {
    const { photos, results, labels, tab } = this.#app;
    if (this.#among) return this.#among.filter((id) => photos.get(id));
    if (tab === 'label') return labels.shown;
    return results.shown.map(({ photo }) => photo.id);
  });
  /** Of those that it is one of; undefined for all that the page shows. */
  #among = $state.raw<readonly number[] | undefined>(undefined);
  readonly #index = $derived(this.#id === undefined ? -1 : this.#ids.indexOf(this.#id));

  constructor(
    app: Pick<AppState, 'photos' | 'gallery' | 'search' | 'results' | 'labels' | 'tab' | 'findLike'>,
  ) {
    this.#app = app;
  }

  get photo(): Photo | undefined {
    return this.#photo;
  }

  /** Object URL of the file itself, of its small copy until that is open; undefined where there is neither. */
  get picture(): string | undefined {
    return this.#picture ?? (this.#photo && this.#app.gallery.thumbnails.of(this.#photo));
  }

  /** Object URL of the file itself; undefined until that is open. */
  get original(): string | undefined {
    return this.#picture;
  }

  /** Why only the small copy is shown, in a sentence. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Its cosine with the question on the search page. */
  get cosine(): number | undefined {
    const { search, tab } = this.#app;
    if (tab !== 'search') return undefined;
    return this.#id === undefined ? undefined : search.scoreOf(this.#id);
  }

  /** "3 of 80 photos". */
  get place(): string {
    return `${this.#index + 1} of ${plural(this.#ids.length, 'photo')}`;
  }

  /** @param among those that the arrows turn to; unless given, all that the page shows */
  open(id: number, among?: readonly number[]): void {
    const photo = this.#app.photos.current(id);
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
    try {
      const file = await this.#app.gallery.originals.open(photo);
      if (this.#id === photo.id) this.#picture ??= URL.createObjectURL(file);
    } catch (error) {
      if (this.#id === photo.id) this.#missing = sentence(messageOf(error));
    }
  }
}
