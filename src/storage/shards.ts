import { serial } from '../core/tasks';
import type { ModelWriter, ShardWriter } from './model-writer';

/**
 * Default maximum size of a shard. onnxruntime-web reads a whole Blob of external data into memory at once, so shards
 * stay below 512 MB.
 */
export const SHARD_CAP = 512 * 1024 * 1024 - 1;

/** Tensor offsets are multiples of this: a cache line, and enough for every element type. */
export const SHARD_ALIGNMENT = 64;

/** A tensor's location. */
export interface ShardPlace {
  /** The shard's file name. */
  readonly file: string;
  /** Offset of its first byte; a multiple of `SHARD_ALIGNMENT`. */
  readonly offset: number;
}

export interface Shards {
  /**
   * Appends a whole tensor, in call order. Do not change its buffer until the promise settles.
   * @throws StorageFull, StorageUnavailable
   */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<ShardPlace>;
  /** Finishes the last shard. @throws StorageFull, StorageUnavailable */
  close(): Promise<void>;
}

/**
 * Fills shards `prefix.0.bin`, `prefix.1.bin` and so on with whole tensors: one that would exceed `cap` bytes starts
 * the next shard. A tensor larger than `cap` gets a shard of its own.
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

/** `length` rounded up to a multiple of `SHARD_ALIGNMENT`. */
function aligned(length: number): number {
  return Math.ceil(length / SHARD_ALIGNMENT) * SHARD_ALIGNMENT;
}
