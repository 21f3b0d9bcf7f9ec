import { checkRange, type ByteSource } from './byte-source';

/**
 * The same bytes, fetched at least `window` at a time, for a reader that goes forward: what it skips beyond the window is
 * not fetched, and no byte is fetched twice. One call at a time.
 */
export function readAhead(source: ByteSource, window: number): ByteSource {
  const { byteLength } = source;
  let start = 0;
  let held = new Uint8Array(0);
  return {
    byteLength,
    async slice(from, to) {
      checkRange(from, to, byteLength);
      const end = start + held.length;
      if (from < start || to > end) {
        const kept = from >= start && from < end ? held.subarray(from - start) : new Uint8Array(0);
        const rest = await source.slice(
          from + kept.length,
          Math.min(byteLength, Math.max(to, from + window)),
        );
        held = new Uint8Array(kept.length + rest.byteLength);
        held.set(kept);
        held.set(new Uint8Array(rest), kept.length);
        start = from;
      }
      return held.slice(from - start, to - start).buffer;
    },
  };
}
