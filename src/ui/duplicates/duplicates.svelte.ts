import type { LibraryApi } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { turns } from '../../core/tasks';
import type { Photo } from '../photos/photo';
import { plural } from '../kit/words';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

type Found = Awaited<ReturnType<LibraryApi['duplicates']>>;

/** A photo of a group of near-duplicates. */
export interface Look {
  readonly photo: Photo;
  readonly as: Found[number]['members'][number]['as'];
  /** Cosine with the best of its group. */
  readonly cosine: number;
}

/** A group of near-duplicates, the one to keep first. */
export interface LookGroup {
  readonly looks: readonly Look[];
  /** Bytes of all but the best. */
  readonly freeable: number;
}

export interface DuplicatesParts {
  readonly library: Pick<LibraryApi, 'duplicates' | 'stopDuplicates'>;
  readonly photos: Pick<Photos, 'get'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
}

/** Selectable minimum cosines: from exact copies to near-duplicates. */
export const LIKENESSES = [1, 0.98, 0.96, 0.93] as const;

// Why 0.96: recompressed and downscaled copies have at least 0.99, and 96 of 100 photos that were brightened slightly
// or cropped by 3 percent exceed it, while no two of the album's pictures do with any built-in model. Models and tastes
// differ, so it can be changed.
const USUAL: number = LIKENESSES[2];

const TOPIC = 'duplicates';

/** Finds near-duplicate photos. Photos removed meanwhile leave their groups. */
export class Duplicates {
  #likeness = $state(USUAL);
  #work = $state.raw<{ readonly done: number; readonly total: number } | undefined>(undefined);
  #found = $state.raw<Found | undefined>(undefined);
  readonly #turns = turns();
  readonly #parts: DuplicatesParts;
  readonly #groups = $derived.by(() => this.#found?.map((group) => this.#here(group)).filter(isGroup));

  constructor(parts: DuplicatesParts) {
    this.#parts = parts;
  }

  /** Minimum cosine of a photo with the best of its group. */
  get likeness(): number {
    return this.#likeness;
  }

  /** Photos compared so far, of all; undefined while no search is running. */
  get work(): { readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  /** By descending number of freeable bytes; undefined before the first search. */
  get groups(): readonly LookGroup[] | undefined {
    return this.#groups;
  }

  /** Ids of all photos but the best of each group. */
  get others(): readonly number[] {
    return (this.#groups ?? []).flatMap(({ looks }) => looks.slice(1).map(({ photo }) => photo.id));
  }

  /** Starts a new search. */
  async find(likeness: number = this.#likeness): Promise<void> {
    const { library, notices } = this.#parts;
    const isLatest = this.#turns.begin();
    this.#likeness = likeness;
    this.#found = undefined;
    this.#work = { done: 0, total: 0 };
    try {
      const found = await library.duplicates(likeness, (done, total) => {
        // Progress messages may arrive after the result.
        if (isLatest() && this.#work) this.#work = { done, total };
      });
      if (!isLatest()) return;
      this.#found = found;
      notices.clear(TOPIC);
      notices.say(`${plural(this.#groups?.length ?? 0, 'group')} of photos that show the same`);
    } catch (error) {
      if (isLatest() && failureName(error) !== 'Cancelled') notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#work = undefined;
    }
  }

  /** Stops the search and drops its results. */
  end(): void {
    this.#turns.end();
    this.#work = undefined;
    this.#found = undefined;
    // A library worker that died has stopped already.
    this.#parts.library.stopDuplicates().catch(() => undefined);
  }

  #here({ members, freeable }: Found[number]): LookGroup {
    const looks = members.flatMap(({ id, as, cosine }) => {
      const photo = this.#parts.photos.get(id);
      return photo ? [{ photo, as, cosine }] : [];
    });
    return looks.length === members.length
      ? { looks, freeable }
      : { looks, freeable: looks.slice(1).reduce((sum, { photo }) => sum + photo.bytes, 0) };
  }
}

/** A group without its best is dissolved: the others are near the best, but may be far from each other. */
function isGroup({ looks }: LookGroup): boolean {
  return looks.length > 1 && looks[0]?.as === 'best';
}
