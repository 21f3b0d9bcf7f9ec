import type { ByteSource } from '../../src/formats/byte-source';

/** The partial file behind an `ArrivingSource`. Offsets in bytes, `end` exclusive. */
export interface ArrivingFile {
  /** Whether every byte from `start` to `end` has arrived. */
  has(start: number, end: number): boolean;
  source(): ByteSource;
}

/** Reads a file that is still downloading: a slice waits until all its bytes have arrived. */
export interface ArrivingSource extends ByteSource {
  /** Call whenever bytes have arrived. */
  arrived(): void;
  /** Rejects all waiting and later slices with `error`. */
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
