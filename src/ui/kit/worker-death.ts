import { Failure } from '../../core/failure';
import type { LimitedWork } from '../../core/time-limit';

/** The page's workers, by what they own. */
export type WorkerKind = 'clip' | 'library' | 'models' | 'image' | 'evaluation' | 'exchange';

const STOPPED: Readonly<Record<WorkerKind, string>> = {
  clip: 'The model stopped working.',
  library: 'The part of the page that keeps your photos stopped.',
  models: 'The part of the page that keeps and downloads models stopped.',
  image: 'The part of the page that reads pictures stopped.',
  evaluation: 'The part of the page that measures models stopped.',
  exchange: 'The part of the page that searches embeddings made elsewhere stopped.',
};

const HELD_UP: Readonly<Record<LimitedWork['by'], string>> = {
  tokenizer: 'The tokenizer of this model did not answer in time.',
  thread: 'The browser did not start a thread in time.',
};

/** The failure of every call pending when a worker died; its message says which part of the page stopped. */
export class WorkerDeath extends Failure {
  readonly worker: WorkerKind;
  /** What the worker was doing if it was ended for taking too long. */
  readonly heldUp: LimitedWork | undefined;

  constructor(worker: WorkerKind, heldUp?: LimitedWork) {
    super('WorkerDied', heldUp ? HELD_UP[heldUp.by] : STOPPED[worker]);
    this.worker = worker;
    this.heldUp = heldUp;
  }
}
