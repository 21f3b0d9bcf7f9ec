import { serial } from '../core/tasks';
import type { ModelWriter, ShardWriter } from './model-writer';

/**
 * The most bytes a shard holds by default. onnxruntime-web reads a whole Blob of external data into memory at once, so
 * shards stay below 512 MB.
 */
export const SHARD_CAP = 512 * 1024 * 1024 - 1;

/** Offsets of tensors are whole multiples of this many bytes: a cache line, and enough for every element type. */
export const SHARD_ALIGNMENT = 64;

/** Where a tensor lies. */
export interface ShardPlace {
  /** The shard's file name. */
  readonly file: string;
  /** Of the tensor's first byte; a multiple of `SHARD_ALIGNMENT`. */
  readonly offset: number;
}

export interface Shards {
  /**
   * Appends a whole tensor, in the order of the calls. Its buffer must stay as it is until the promise settles.
   * @throws StorageFull, StorageUnavailable
   */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<ShardPlace>;
  /** Ends the last shard. @throws StorageFull, StorageUnavailable */
  close(): Promise<void>;
}

/**
 * Fills shards `prefix.0.bin`, `prefix.1.bin` and so on with tensors, none cut in two: one that would lift a shard
 * above `cap` bytes begins the next. A tensor larger than `cap` gets a shard of its own.
 */
export function createShards(writer: Pick<ModelWriter, 'shard'>, prefix: string, cap = SHARD_CAP): Shards {
  const queue = serial();
  let count = 0;
  let open: { file: string; shard: ShardWriter } | undefined;

  async function close(): Promise<void> {
    await open?.shard.close();
    open = undefined;
  }

  async function append(bytes: Uint8Array<ArrayBuffer>): Promise<ShardPlace> {
    if (open && aligned(open.shard.length) + bytes.length > cap) await close();
    if (!open) {
      const file = `${prefix}.${count++}.bin`;
      open = { file, shard: await writer.shard(file) };
    }
    const { file, shard } = open;
    const padding = aligned(shard.length) - shard.length;
    if (padding > 0) await shard.write(new Uint8Array(padding));
    return { file, offset: await shard.write(bytes) };
  }

  return { append: (bytes) => queue(() => append(bytes)), close: () => queue(close) };
}

/** The next multiple of `SHARD_ALIGNMENT` from `length` on. */
function aligned(length: number): number {
  return Math.ceil(length / SHARD_ALIGNMENT) * SHARD_ALIGNMENT;
}
