import type { ModelSummary } from '../../../../workers/api';
import type { FetchRequest } from '../../../../workers/models-api';
import type { CatalogueEntry } from '../../../clip/catalogue';
import { fits, type DeviceMemory } from '../../../clip/footprint';
import { placeOf } from '../../../core/hub-place';
import { nameOf, presetPrecision } from './catalogue-words';
import { baseId } from '../../../core/model-id';
import type { Precision } from '../model-words';
import type { Download } from './downloads.svelte';
import type { Hub } from './hub.svelte';

/** What the user can do with a published model, or why they cannot. */
export type Standing =
  | { readonly phase: 'offered' }
  | { readonly phase: 'arriving'; readonly text: string }
  | { readonly phase: 'kept'; readonly id: string; readonly inUse: boolean }
  | { readonly phase: 'impossible'; readonly reason: string };

/** The models on this device and being downloaded. */
export interface Around {
  readonly device: DeviceMemory;
  readonly models: readonly ModelSummary[];
  readonly downloads: readonly Pick<Download, 'request' | 'status'>[];
  /** The id in use, which may name an image size. */
  readonly chosen: string | undefined;
}

const ARRIVING: Readonly<Record<Download['status']['phase'], string>> = {
  waiting: 'Waiting',
  downloading: 'Downloading',
  verifying: 'Verifying',
  storing: 'Converting',
  paused: 'Paused',
  failed: 'Stopped',
};

/**
 * The precision of an entry: the user's choice `picked`, else as stored, as being downloaded, or as recommended for the
 * device.
 */
export function precisionOf(entry: CatalogueEntry, around: Around, picked?: Precision): Precision {
  return (
    picked ??
    keptOf(entry, around)[0]?.precision ??
    arrivingOf(entry, around)[0]?.request.precision ??
    presetPrecision(entry, around.device)
  );
}

/** What to ask for to get an entry in one precision. */
export function requestFor(
  entry: CatalogueEntry,
  precision: Precision,
  hub: Pick<Hub, 'source'>,
): FetchRequest {
  return { source: hub.source(entry.repository), name: nameOf(entry), precision };
}

/** The state of an entry in one precision; it may be here in another one. */
export function standingOf(entry: CatalogueEntry, precision: Precision, around: Around): Standing {
  const kept = keptOf(entry, around).find((model) => model.precision === precision);
  if (kept) {
    const { chosen } = around;
    return { phase: 'kept', id: kept.id, inUse: chosen !== undefined && baseId(chosen) === kept.id };
  }
  const arriving = arrivingOf(entry, around).find(({ request }) => request.precision === precision);
  if (arriving) return { phase: 'arriving', text: ARRIVING[arriving.status.phase] };
  const fit = fits(entry, precision, around.device);
  return fit.fits ? { phase: 'offered' } : { phase: 'impossible', reason: fit.reason };
}

function keptOf({ repository }: CatalogueEntry, { models }: Around): ModelSummary[] {
  return models.filter((model) => isSame(model.repository, repository));
}

function arrivingOf({ repository }: CatalogueEntry, { downloads }: Around): Around['downloads'] {
  return downloads.filter(({ request: { source } }) => {
    return source.kind === 'hub' && isSame(placeOf(source), repository);
  });
}

/** Compares repositories case-insensitively, like the hub. */
function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
