import { failureName } from '../../../core/failure';
import { WorkerDeath } from '../../kit/worker-death';

/** What the user can do about a failed download. */
export type Remedy = 'resume' | 'start again' | 'tokenizer' | 'none';

const REMEDIES: Readonly<Record<string, Remedy>> = {
  StorageFull: 'resume',
  StorageUnavailable: 'resume',
  StorageBusy: 'resume',
  WorkerDied: 'resume',
  OutOfMemory: 'resume',
  NetworkFailed: 'resume',
  Offline: 'resume',
  CorsRefused: 'resume',
  HostNotAllowed: 'resume',
  HubForbidden: 'resume',
  HubNotFound: 'resume',
  HubBusy: 'resume',
  HubUnreadable: 'resume',
  HashMismatch: 'start again',
  RevisionChanged: 'start again',
  TokenizerMissing: 'tokenizer',
};

/** How a download can continue after `error`; 'none' if the checkpoint itself is at fault. */
export function remedyFor(error: unknown): Remedy {
  // The same tokenizer would hold it up again.
  if (error instanceof WorkerDeath && error.heldUp?.by === 'tokenizer') return 'none';
  return REMEDIES[failureName(error) ?? 'NetworkFailed'] ?? 'none';
}
