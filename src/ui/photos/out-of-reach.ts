import { Failure, failureName, messageOf } from '../../core/failure';

/**
 * Why a photo cannot be read now: the user must add it `again`, the browser must `ask` first, its file is gone or in
 * use, `memory` ran out, there is no `network` for it, or the reader `stopped`.
 */
export type Reach = 'again' | 'ask' | 'file' | 'memory' | 'network' | 'stopped';

/** The failure to reach a photo's file. */
export class OutOfReach extends Failure {
  readonly reach: Reach;

  constructor(reach: Reach, message: string, cause?: unknown) {
    super('FileUnreadable', message, { cause });
    this.reach = reach;
  }
}

/** Why a photo could not be prepared that is not bad by its own bytes. */
export function reachOf(error: unknown): Reach {
  if (error instanceof OutOfReach) return error.reach;
  switch (failureName(error)) {
    case 'OutOfMemory':
      return 'memory';
    case 'NetworkFailed':
    case 'Offline':
      return 'network';
    case 'WorkerDied':
      return 'stopped';
    default:
      return 'file';
  }
}

/** The browser's own failure to read a file, by its name. */
export function outOfReach(path: string, error: unknown): OutOfReach {
  switch (error instanceof DOMException ? error.name : undefined) {
    case 'NotFoundError':
      return new OutOfReach(
        'file',
        `${path} is not there any more. It was moved, renamed or deleted, or its drive is not connected.`,
        error,
      );
    case 'NotAllowedError':
      return new OutOfReach('ask', `The browser asks you first before ${path} may be read.`, error);
    case 'NotReadableError':
      return new OutOfReach(
        'file',
        `${path} is there but cannot be read. Another program may be using it.`,
        error,
      );
    default:
      return new OutOfReach('file', `${path} could not be opened: ${messageOf(error)}`, error);
  }
}
