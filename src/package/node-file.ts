import { open, stat } from 'node:fs/promises';
import { Failure, messageOf } from '../core/failure';
import { checkRange, type ByteSource } from '../formats/byte-source';

/** A file on this disk, opened for each slice. @throws FileUnreadable */
export async function fileSource(file: string): Promise<ByteSource> {
  const failed = (cause: unknown) =>
    new Failure('FileUnreadable', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  const { size } = await stat(file).catch((error: unknown) => {
    throw failed(error);
  });
  return {
    byteLength: size,
    async slice(start, end) {
      checkRange(start, end, size);
      const bytes = new Uint8Array(end - start);
      try {
        const handle = await open(file);
        try {
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
          if (bytesRead < bytes.length) throw new Error(`it has ${start + bytesRead} bytes now`);
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw failed(error);
      }
      return bytes.buffer;
    },
  };
}
