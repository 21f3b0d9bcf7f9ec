/** What a tar is made of. */
export interface TarEntry {
  readonly name: string;
  readonly data: Uint8Array;
}

/** How Python's `tarfile` writes what a plain header cannot hold. */
export type TarForm = 'pax' | 'gnu';

const BLOCK = 512;
const RECORD = 20 * BLOCK;

/** When the members were changed, as text: a PAX header tells the fraction of a second. */
const STAMP = '1700000000.25';

/** The bytes that Python's `tarfile` writes for these members, stamped as `tools/oracles/datasets.py` does. */
export function tarOf(entries: readonly TarEntry[], form: TarForm): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ name, data }) => {
    const path = Buffer.from(name);
    const isLong = path.length > 100;
    const header = headerOf(path, '0', data.length, form, true);
    if (form === 'pax') {
      const records = `${isLong ? record('path', name) : ''}${record('mtime', STAMP)}`;
      return [...extended('././@PaxHeader', 'x', Buffer.from(records), form), header, padded(data)];
    }
    const long = isLong ? extended('././@LongLink', 'L', Buffer.from(`${name}\0`), form) : [];
    return [...long, header, padded(data)];
  });
  const whole = Buffer.concat(blocks);
  const bytes = new Uint8Array(Math.ceil((whole.length + 2 * BLOCK) / RECORD) * RECORD);
  bytes.set(whole);
  return bytes;
}

function extended(name: string, type: string, data: Buffer, form: TarForm): Uint8Array[] {
  return [headerOf(Buffer.from(name), type, data.length, form, false), padded(data)];
}

function headerOf(name: Buffer, type: string, size: number, form: TarForm, isFile: boolean): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  header.set(name.subarray(0, 100));
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(octal(isFile ? 0o444 : 0, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(isFile ? Math.trunc(Number(STAMP)) : 0, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(form === 'pax' ? 'ustar\x0000' : 'ustar  \0', 257, 'latin1');
  if (isFile) {
    header.write('bigdata', 265);
    header.write('bigdata', 297);
  }
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  return header;
}

function padded(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK);
  out.set(data);
  return out;
}

/** A record of a PAX header, which begins with its own length. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length !== Buffer.byteLength(`${length}${rest}`)) length = Buffer.byteLength(`${length}${rest}`);
  return `${length}${rest}`;
}
