import type { LibraryApi } from '../../../workers/api';
import { failureName } from '../../core/failure';
import { turns } from '../../core/tasks';
import type { Photo } from '../photos/photo';
import { plural } from '../kit/words';
import type { Notices } from '../kit/notices.svelte';
import type { Photos } from '../photos/photos.svelte';

type Found = Awaited<ReturnType<LibraryApi['duplicates']>>;

/** A photo that shows the same as others of its group. */
export interface Look {
  readonly photo: Photo;
  readonly as: Found[number]['members'][number]['as'];
  /** With the best of its group. */
  readonly cosine: number;
}

/** Photos that show the same, the one to keep first. */
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

/** How alike photos have to be, as cosines: from copies alone to what looks nearly the same. */
export const LIKENESSES = [1, 0.98, 0.96, 0.93] as const;

// Why 0.96: what was merely compressed again or scaled down has 0.99 and more, and of photos made a little brighter or
// cropped by 3 percent 96 of 100 are above it, while no two of the album's pictures are, with any built-in model. Models
// differ, and so does what a person calls the same, so it can be chosen.
const USUAL: number = LIKENESSES[2];

const TOPIC = 'duplicates';

/** Finds photos that show the same. Those that go meanwhile leave their groups. */
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

  /** The least cosine of a photo with the best of its group. */
  get likeness(): number {
    return this.#likeness;
  }

  /** Photos looked at so far, of all; undefined while nothing is under way. */
  get work(): { readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  /** By falling number of bytes that they take for nothing; undefined before they were looked for. */
  get groups(): readonly LookGroup[] | undefined {
    return this.#groups;
  }

  /** Ids of all photos but the best of each group. */
  get others(): readonly number[] {
    return (this.#groups ?? []).flatMap(({ looks }) => looks.slice(1).map(({ photo }) => photo.id));
  }

  /** Looks for them anew. */
  async find(likeness: number = this.#likeness): Promise<void> {
    const { library, notices } = this.#parts;
    const isLatest = this.#turns.begin();
    this.#likeness = likeness;
    this.#found = undefined;
    this.#work = { done: 0, total: 0 };
    try {
      const found = await library.duplicates(likeness, (done, total) => {
        // Progress comes another way than the answer, and may come after it.
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

  /** Stops looking and forgets what was found. */
  end(): void {
    this.#turns.end();
    this.#work = undefined;
    this.#found = undefined;
    // A library that died has stopped already.
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

/** Without its best a group is none: the others are near to that one, and may be far from each other. */
function isGroup({ looks }: LookGroup): boolean {
  return looks.length > 1 && looks[0]?.as === 'best';
}
