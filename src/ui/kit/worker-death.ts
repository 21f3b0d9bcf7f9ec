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

/** The failure of every call pending when a worker died; its message says which part of the page stopped. */
export class WorkerDeath extends Failure {
  readonly worker: WorkerKind;

  constructor(worker: WorkerKind) {
    super('WorkerDied', STOPPED[worker]);
    this.worker = worker;
  }
}
