import type { ByteSource } from '../../src/formats/byte-source';

/** What `arrivingSource` needs of the file that is filled. Offsets in bytes, `end` exclusive. */
export interface ArrivingFile {
  /** Whether every byte from `start` to `end` has arrived. */
  has(start: number, end: number): boolean;
  source(): ByteSource;
}

/** A file that is still arriving, to be read as if it were there: a slice waits until all of it has come. */
export interface ArrivingSource extends ByteSource {
  /** To be called whenever bytes have arrived. */
  arrived(): void;
  /** All is off: whoever waits is refused with `error`, and so is every later slice. */
  fail(error: unknown): void;
}

interface Waiting {
  readonly start: number;
  readonly end: number;
  readonly go: () => void;
  readonly refuse: (error: unknown) => void;
}

export function arrivingSource(file: ArrivingFile): ArrivingSource {
  const source = file.source();
  let waiting: Waiting[] = [];
  let failure: { readonly error: unknown } | undefined;

  function untilThere(start: number, end: number): Promise<void> {
    if (file.has(start, end) && !failure) return Promise.resolve();
    return new Promise((go, refuse) => {
      if (failure) refuse(failure.error);
      else waiting.push({ start, end, go, refuse });
    });
  }

  return {
    byteLength: source.byteLength,
    async slice(start, end) {
      await untilThere(start, end);
      return source.slice(start, end);
    },
    arrived() {
      const ready = waiting.filter(({ start, end }) => file.has(start, end));
      waiting = waiting.filter((one) => !ready.includes(one));
      for (const { go } of ready) go();
    },
    fail(error) {
      failure ??= { error };
      for (const { refuse } of waiting) refuse(error);
      waiting = [];
    },
  };
}
