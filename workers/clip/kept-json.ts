import type { GenericSchema, InferOutput } from 'valibot';
import { readAs } from '../../src/core/schema';
import { findFile } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';

/** A small file of JSON in the origin's private file system. Never rejects: without storage nothing is kept. */
export interface KeptJson<T> {
  /** Undefined: there is none, or none that can be read. */
  read(): Promise<T | undefined>;
  write(value: T): Promise<void>;
}

/** The file `name` at `root`, whose content matches `schema`. */
export function keptJson<const TSchema extends GenericSchema>(
  root: () => Promise<FileSystemDirectoryHandle>,
  name: string,
  schema: TSchema,
): KeptJson<InferOutput<TSchema>> {
  return {
    async read() {
      try {
        const file = await findFile(await root(), name);
        return file && readAs(schema, JSON.parse(await file.text()));
      } catch {
        return undefined;
      }
    },
    async write(value) {
      try {
        await writeFile(await root(), name, [new TextEncoder().encode(JSON.stringify(value))]);
      } catch {
        // Then what it tells is found out again next time.
      }
    },
  };
}
