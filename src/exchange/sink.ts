/** Takes the bytes of a file. */
export interface Sink {
  /** Appends; the bytes are not kept by the caller, nor changed. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
  /** Replaces the first bytes, as many as given; no more than were written. */
  rewriteStart(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
}
