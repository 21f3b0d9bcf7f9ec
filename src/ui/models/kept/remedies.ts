import { failureName } from '../../../core/failure';

/** What a person can do about a download that failed. */
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

/** How a download can go on after `error`; 'none' where the checkpoint itself is at fault. */
export function remedyFor(error: unknown): Remedy {
  return REMEDIES[failureName(error) ?? 'NetworkFailed'] ?? 'none';
}
