/** Finds where the data of a JPEG's only scan ends, by reading its code words (ITU-T T.81) without the pixels. */
import { partsOf, SCANS, type Part } from './file-parts';

/** Huffman codes by length (F.2.2.3): for each length from 1, its smallest code, count, and first symbol's place. */
interface CodeTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

interface Component {
  readonly id: number;
  /** Blocks across and down in each unit of the scan. */
  readonly across: number;
  readonly down: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** Start of frame: baseline and extended sequential, Huffman coded. */
const SEQUENTIAL = ['c0', 'c1'];

/**
 * The offset of the first byte after the scan's last code word, whether or not an end mark follows. Undefined if the
 * data ends before that, is damaged, or is not of one sequential scan.
 */
export function scanEnd(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  const parts = partsOf(bytes, 'jpeg');
  const frame = frameOf(parts);
  const scan = parts.find(({ name }) => name === SCANS);
  if (!frame || scan?.data[0] !== frame.components.length) return undefined;
  const tables = tablesOf(parts);
  const blocks = frame.components.flatMap(({ id, across, down }) => {
    const at = [...scan.data.subarray(1, 1 + 2 * frame.components.length)].findIndex(
      (value, i) => i % 2 === 0 && value === id,
    );
    const selector = scan.data[2 + at] ?? 0;
    const [dc, ac] = [tables.get(selector >> 4), tables.get(0x10 | (selector & 15))];
    return dc && ac ? Array.from({ length: across * down }, () => ({ dc, ac })) : [];
  });
  const interval = parts.find(({ name }) => name === 'dd')?.data;
  const restarts = interval ? (interval[0]! << 8) | interval[1]! : 0;
  const header = (scan.bytes[2]! << 8) | scan.bytes[3]!;
  const reader = new BitReader(scan.bytes, 2 + header);
  const units = unitsOf(frame);
  for (let unit = 0; unit < units; unit++) {
    if (restarts > 0 && unit > 0 && unit % restarts === 0 && !reader.restart()) return undefined;
    for (const { dc, ac } of blocks) if (!skipBlock(reader, dc, ac)) return undefined;
  }
  return blocks.length > 0 ? scan.bytes.byteOffset - bytes.byteOffset + reader.end : undefined;
}

/** B.2.2. */
function frameOf(parts: readonly Part[]): Frame | undefined {
  const data = parts.find(({ name }) => SEQUENTIAL.includes(name))?.data;
  if (data?.[0] !== 8) return undefined;
  const components = Array.from({ length: data[5] ?? 0 }, (_, i) => {
    const sampling = data[7 + i * 3] ?? 0;
    return { id: data[6 + i * 3] ?? 0, across: sampling >> 4, down: sampling & 15 };
  });
  const [height, width] = [(data[1]! << 8) | data[2]!, (data[3]! << 8) | data[4]!];
  // A.2.2: a scan of one component has one block a unit, whatever its sampling.
  const [only] = components;
  const isSingle = components.length === 1 && only !== undefined;
  return { width, height, components: isSingle ? [{ ...only, across: 1, down: 1 }] : components };
}

function unitsOf({ width, height, components }: Frame): number {
  const [across, down] = [
    Math.max(...components.map((each) => each.across)),
    Math.max(...components.map((each) => each.down)),
  ];
  return Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
}

/** B.2.4.2, by class and destination: 0x00 to 0x03 for DC, 0x10 to 0x13 for AC. */
function tablesOf(parts: readonly Part[]): ReadonlyMap<number, CodeTable> {
  const tables = new Map<number, CodeTable>();
  for (const { data } of parts.filter(({ name }) => name === 'c4')) {
    for (let at = 0; at + 17 <= data.length;) {
      const counts = data.subarray(at + 1, at + 17);
      const length = counts.reduce((sum, count) => sum + count, 0);
      tables.set(data[at]!, { counts, symbols: data.subarray(at + 17, at + 17 + length) });
      at += 17 + length;
    }
  }
  return tables;
}

/** F.2.2.1 and F.2.2.2. Whether the block's data is there. */
function skipBlock(reader: BitReader, dc: CodeTable, ac: CodeTable): boolean {
  const size = reader.symbol(dc);
  if (size === undefined || !reader.skip(size)) return false;
  for (let at = 1; at < 64; at++) {
    const symbol = reader.symbol(ac);
    if (symbol === undefined) return false;
    const [zeros, bits] = [symbol >> 4, symbol & 15];
    if (bits === 0 && zeros < 15) return true;
    at += zeros;
    if (!reader.skip(bits)) return false;
  }
  return true;
}

/** Bits of entropy-coded data, in which FF 00 stands for the byte FF (B.1.1.5). */
class BitReader {
  readonly #bytes: Uint8Array;
  /** Offset of the next byte. */
  #at: number;
  #byte = 0;
  /** Bits of `#byte` not yet read. */
  #left = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Offset after the last byte of which a bit was read. */
  get end(): number {
    return this.#at;
  }

  /** Passes a restart mark; whether there is one. */
  restart(): boolean {
    this.#left = 0;
    const isMark = this.#bytes[this.#at] === 0xff && (this.#bytes[this.#at + 1]! & 0xf8) === 0xd0;
    this.#at += 2;
    return isMark;
  }

  /** Undefined at a marker and at the end. */
  #bit(): 0 | 1 | undefined {
    if (this.#left === 0) {
      const byte = this.#bytes[this.#at];
      const isMarker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
      if (byte === undefined || isMarker) return undefined;
      this.#at += byte === 0xff ? 2 : 1;
      this.#byte = byte;
      this.#left = 8;
    }
    this.#left--;
    return ((this.#byte >> this.#left) & 1) as 0 | 1;
  }

  /** Whether there were `count` bits. */
  skip(count: number): boolean {
    for (let i = 0; i < count; i++) if (this.#bit() === undefined) return false;
    return true;
  }

  /** The next symbol (F.2.2.3, DECODE); undefined if there is none. */
  symbol({ counts, symbols }: CodeTable): number | undefined {
    let [code, first, place] = [0, 0, 0];
    for (const count of counts) {
      const bit = this.#bit();
      if (bit === undefined) return undefined;
      code = (code << 1) | bit;
      if (code - first < count) return symbols[place + code - first];
      place += count;
      first = (first + count) << 1;
    }
    return undefined;
  }
}
