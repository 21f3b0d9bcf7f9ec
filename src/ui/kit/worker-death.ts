import { Failure } from '../../core/failure';

/** The page's workers, by what they own. */
export type WorkerKind = 'clip' | 'library' | 'models' | 'image' | 'evaluation';

const STOPPED: Readonly<Record<WorkerKind, string>> = {
  clip: 'The model stopped working.',
  library: 'The part of the page that keeps your photos stopped.',
  models: 'The part of the page that keeps and downloads models stopped.',
  image: 'The part of the page that reads pictures stopped.',
  evaluation: 'The part of the page that measures models stopped.',
};

/** What a worker was doing when it was ended for taking too long. */
export interface HeldUp {
  /** The model it was done for, if known. */
  readonly model: string | undefined;
}

/** The failure of every call pending when a worker died; its message says which part of the page stopped. */
export class WorkerDeath extends Failure {
  readonly worker: WorkerKind;
  /** Set if the worker was ended because a tokenizer did not answer in time. */
  readonly heldUp: HeldUp | undefined;

  constructor(worker: WorkerKind, heldUp?: HeldUp) {
    super('WorkerDied', heldUp ? 'The tokenizer of this model did not answer in time.' : STOPPED[worker]);
    this.worker = worker;
    this.heldUp = heldUp;
  }
}
