import type { ModelSummary } from '../../../workers/api';
import { entryOfRepository, type CatalogueEntry } from '../../clip/catalogue';
import { fits, type DeviceMemory } from '../../clip/footprint';
import { baseId } from '../../core/model-id';
import type { Around } from './hub/catalogue-state';
import type { Download } from './hub/downloads.svelte';
import { suggestFor } from './hub/suggestions';
import type { Precision } from './model-words';

/** What the page offers to someone whose photos meet a model that knows drawings only. */
export type Offer =
  | { readonly kind: 'none' }
  /** A model that is on this device. */
  | { readonly kind: 'use'; readonly id: string; readonly name: string }
  /** A published model that fits this device. */
  | { readonly kind: 'get'; readonly entry: CatalogueEntry; readonly precision: Precision }
  /** A model is on its way. `isTaken`: it will be switched to when it is here. */
  | { readonly kind: 'arriving'; readonly isTaken: boolean }
  /** A download was paused by the user, or failed. `again`: it can go on, or start again. */
  | {
      readonly kind: 'stopped';
      readonly id: string;
      readonly why: 'paused' | 'failed';
      readonly again: boolean;
    }
  /** There is no network. `begun`: a download goes on when there is one. */
  | { readonly kind: 'offline'; readonly begun: boolean }
  | { readonly kind: 'nothing fits' };

/** What the offer depends on. */
export interface Situation extends Around {
  readonly downloads: readonly Pick<Download, 'id' | 'request' | 'status' | 'choices'>[];
  /** The user's model choices so far: a download is switched to only if it was the last of them. */
  readonly choices: number;
  /** A checkpoint of the user's own is being added. */
  readonly opening: boolean;
  readonly online: boolean;
  /** There are photos that are not the sample album's. */
  readonly hasPhotos: boolean;
  /** The user declined, or has met a model that knows photos. */
  readonly isSettled: boolean;
}

export function offerFor(situation: Situation): Offer {
  const { models, downloads, device, chosen, choices, opening, online, hasPhotos, isSettled } = situation;
  const inUse = models.find(({ id }) => chosen !== undefined && id === baseId(chosen));
  if (!inUse || knowsPhotos(inUse) || !hasPhotos || isSettled) return { kind: 'none' };
  if (opening) return { kind: 'arriving', isTaken: true };
  const running = downloads.filter(({ status: { phase } }) => phase !== 'paused' && phase !== 'failed');
  if (running.length > 0) {
    return { kind: 'arriving', isTaken: running.some((download) => download.choices === choices) };
  }
  const kept = models.find((model) => knowsPhotos(model) && fitsHere(model, device));
  if (kept) return { kind: 'use', id: kept.id, name: kept.name };
  const stopped = downloads.at(-1);
  if (!online) return { kind: 'offline', begun: stopped?.status.phase === 'failed' };
  if (stopped) return stoppedOffer(stopped);
  const suggested = suggestFor(device);
  return suggested ? { kind: 'get', ...suggested } : { kind: 'nothing fits' };
}

/** Whether a model was trained on photos: the built-in ones were on drawings. */
export function knowsPhotos({ origin }: Pick<ModelSummary, 'origin'>): boolean {
  return origin !== 'built-in';
}

function fitsHere({ repository, precision, bytes }: ModelSummary, device: DeviceMemory): boolean {
  const entry = repository === undefined ? undefined : entryOfRepository(repository);
  return entry ? fits(entry, precision, device).fits : bytes <= (device.memoryBytes ?? Infinity);
}

function stoppedOffer({ id, status }: Pick<Download, 'id' | 'status'>): Offer {
  if (status.phase !== 'failed') return { kind: 'stopped', id, why: 'paused', again: true };
  const { remedy } = status;
  return { kind: 'stopped', id, why: 'failed', again: remedy === 'resume' || remedy === 'start again' };
}
