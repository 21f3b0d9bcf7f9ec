import { Failure, messageOf } from '../../core/failure';

/** What `getUserMedia` rejects with, by name (Media Capture and Streams, section 10.2), as a failure of its own name. */
export function cameraFailure(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  const failure = (as: ConstructorParameters<typeof Failure>[0], happened: string) =>
    new Failure(as, happened, { cause: error });
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return failure('CameraDenied', 'The browser did not let this page use the camera');
    case 'NotFoundError':
    case 'OverconstrainedError':
      return failure('CameraMissing', 'There is no such camera on this device');
    case 'NotReadableError':
    case 'AbortError':
      return failure('CameraBusy', `The camera could not be started: ${messageOf(error)}`);
    default:
      return error;
  }
}
