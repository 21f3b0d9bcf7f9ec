import type { LibraryRecord } from '../../library/records';
import type { Folders } from '../photos/folders.svelte';
import type { Photos } from '../photos/photos.svelte';
import { deviceMemory } from './device-memory';
import type { Downloads } from './hub/downloads.svelte';
import type { CheckpointImport } from './kept/checkpoint-import.svelte';
import type { KeptModels } from './kept/kept-models.svelte';
import type { Models } from './models.svelte';
import { knowsPhotos, offerFor, type Offer } from './photo-model-offer';

export interface PhotoModelOfferParts {
  readonly models: Pick<Models, 'ready' | 'backend' | 'chosen' | 'choices'>;
  readonly keptModels: Pick<KeptModels, 'list'>;
  readonly downloads: Pick<Downloads, 'list'>;
  readonly checkpointImport: Pick<CheckpointImport, 'status'>;
  readonly photos: Pick<Photos, 'list'>;
  readonly folders: Pick<Folders, 'list'>;
  readonly libraries: { readonly current: LibraryRecord };
  /** Whether photos are being fetched or read. */
  readonly reading: () => boolean;
  /** `navigator.deviceMemory`. */
  readonly gibibytes: number | undefined;
  /** Whether the device has a network. */
  readonly online: () => boolean;
  /** Where it is remembered which libraries have met a model that knows photos. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem'> | undefined;
}

const REMEMBERED = 'clipscope libraries with a photo model';

/** Offers a model that knows photos to someone who adds photos while one is in use that knows only drawings. */
export class PhotoModelOffer {
  /** Whether there were photos of the user's own when none was being read: an offer must not come and go. */
  #hasPhotos = $state(false);
  #dismissed = $state(false);
  /** Ids of libraries that have met a model that knows photos. */
  #done = $state.raw<readonly string[]>([]);
  readonly #parts: PhotoModelOfferParts;
  readonly #offer = $derived.by(() => this.#decide());

  constructor(parts: PhotoModelOfferParts) {
    this.#parts = parts;
    this.#done = parts.memory?.getItem(REMEMBERED)?.split('\n') ?? [];
  }

  get offer(): Offer {
    return this.#offer;
  }

  /** Declines for this visit. */
  dismiss(): void {
    this.#dismissed = true;
  }

  /** Takes notice of photos and of the model in use. To be called when either has changed. */
  follow(): void {
    const { reading, models, libraries, memory } = this.#parts;
    if (reading()) return;
    this.#hasPhotos = this.#hasOwnPhotos();
    const { id } = libraries.current;
    if (!models.ready || !knowsPhotos(models.ready.summary) || this.#done.includes(id)) return;
    this.#done = [...this.#done, id];
    memory?.setItem(REMEMBERED, this.#done.join('\n'));
  }

  /** Whether a photo that is not the sample album's was read: a file that only looks like one is none. */
  #hasOwnPhotos(): boolean {
    const { folders, photos } = this.#parts;
    const album = folders.list.find(({ kind }) => kind === 'album')?.id;
    return photos.list.some(({ folder, size }) => folder !== album && size !== undefined);
  }

  #decide(): Offer {
    const { models, keptModels, downloads, checkpointImport, libraries, gibibytes, online } = this.#parts;
    const runsOn = models.ready?.runsOn;
    return offerFor({
      device: deviceMemory({ gibibytes, runsOn, backend: models.backend }),
      models: keptModels.list,
      downloads: downloads.list,
      chosen: models.chosen,
      choices: models.choices,
      opening: checkpointImport.status.phase === 'working',
      online: online(),
      hasPhotos: this.#hasPhotos,
      isSettled: this.#dismissed || this.#done.includes(libraries.current.id),
    });
  }
}
