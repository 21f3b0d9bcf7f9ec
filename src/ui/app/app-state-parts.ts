import type { SavedFile } from '../../../workers/models-api';
import type { Deaths, Workers } from '../connect/connect';
import type { Schedule } from '../kit/frames';
import type { CameraParts } from '../label/camera.svelte';
import type { HubParts } from '../models/hub/hub.svelte';
import type { PhotoModelOfferParts } from '../models/photo-model-offer.svelte';
import type { GalleryParts } from '../photos/gallery.svelte';

/** The browser features that the page's state uses. */
export interface AppStateParts
  extends
    Pick<HubParts, 'allowHosts' | 'memory' | 'origin'>,
    Pick<GalleryParts, 'albumPicture' | 'memories' | 'otherTabs' | 'reload'>,
    Pick<PhotoModelOfferParts, 'gibibytes' | 'online'>,
    Pick<CameraParts, 'media' | 'openFrames'> {
  connect(deaths: Deaths): Workers;
  readonly schedule: Schedule;
  readonly unhurried: Schedule;
  /** In CSS pixels. */
  readonly screenWidth: number;
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  readonly pickFolder: (id: string) => Promise<FileSystemDirectoryHandle | undefined>;
  /** A folder to write into; null if the browser cannot pick one. */
  readonly pickTarget: () => Promise<FileSystemDirectoryHandle | undefined | null>;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
  /** Asks the browser to keep this site's data when space runs low. */
  readonly persist: () => Promise<boolean>;
}
