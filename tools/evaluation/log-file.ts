import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { LogFile } from '../../src/datasets/record-log';

/** A log on this disk, created with its folders if missing. @throws the system's errors */
export async function openLogFile(file: string): Promise<LogFile> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  let { size } = await handle.stat();
  return {
    get byteLength() {
      return size;
    },
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes;
    },
    async append(bytes) {
      await handle.appendFile(bytes);
      await handle.datasync();
      size += bytes.length;
    },
    async truncate(length) {
      await handle.truncate(length);
      size = length;
    },
    close: () => handle.close(),
  };
}
