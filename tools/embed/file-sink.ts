import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Sink } from '../../src/exchange/sink';

/** A file on this disk, which has its name only once it is complete. */
export interface FileSink extends Sink {
  /** Makes it durable, under its name. */
  finish(): Promise<void>;
}

/** @throws the system's errors */
export async function openFileSink(file: string): Promise<FileSink> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.unfinished`;
  const handle: FileHandle = await open(unfinished, 'w');
  return {
    write: (bytes) => handle.writeFile(bytes),
    rewriteStart: (bytes) => handle.write(bytes, 0, bytes.length, 0),
    async finish() {
      await handle.sync();
      await handle.close();
      await rename(unfinished, file);
    },
  };
}
