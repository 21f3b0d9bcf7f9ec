import type { Span } from '../../src/core/spans';
import { partOf, startsOf, type ByteSource } from '../../src/formats/byte-source';
import type { Destination } from '../../src/hub/download';
import type { PartialFile } from '../../src/storage/partial-file';
import { filesOf, type RemoteFile, type RemoteWeights } from './download-record';

/** A file of weights, and where it begins among all of them. */
export interface PlacedFile extends RemoteFile {
  readonly start: number;
}

/** The files of weights, one after the other: as they stand in the one file that they are downloaded into. */
export function placedFiles(weights: RemoteWeights): PlacedFile[] {
  const files = filesOf(weights);
  const starts = startsOf(files);
  return files.map((file, at) => ({ ...file, start: starts[at]! }));
}

/** `byteLength` bytes of `file` from `at` on, to be read and downloaded into as a file of its own. */
export function partOfFile(file: PartialFile, at: number, byteLength: number): ByteSource & Destination {
  const within = ({ start, end }: Span): Span => ({ start: at + start, end: at + end });
  return {
    ...partOf(file, at, byteLength),
    missing: (span) =>
      file.missing(within(span)).map(({ start, end }) => ({ start: start - at, end: end - at })),
    write: (bytes, place) => file.write(bytes, at + place),
    flush: () => file.flush(),
  };
}
