/** Writing a model step by step, alike on the page and in a worker. Only plain data and directory handles cross. */
import { xxh32 } from '../../src/core/xxh32';
import { openModelStore } from '../../src/storage/kept-models';
import { createShards, type ShardPlace } from '../../src/storage/shards';
import type { ModelDescription } from '../../src/storage/model-writer';

export const DESCRIPTION: ModelDescription = {
  name: 'ViT-B-32',
  created: '2026-01-02T03:04:05.000Z',
  converter: 'test 1',
  sourceHash: 'sha256:00',
  precision: 'fp32',
  detail: { heads: 12 },
};

/** Any text is an id. */
export const ID = 'folder/ViT-B-32 (laion) é .';

export const CAP = 256;

/** What `write` stores: the third tensor begins a second shard. */
export const TENSORS = [tensor(100, 1), tensor(128, 2), tensor(200, 3)];
export const TOKENIZER = tensor(40, 4);

export const FILES = [
  { name: 'tokenizer.json', bytes: 40, sum: xxh32(TOKENIZER) },
  { name: 'image.0.bin', bytes: 256 },
  { name: 'image.1.bin', bytes: 200 },
];

/** The steps of `write` in order. */
export const STEPS = ['begin', 'file', 'tensor 0', 'tensor 1', 'tensor 2', 'commit'] as const;
export type Step = (typeof STEPS)[number];

export function tensor(length: number, value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}

/** The interface of synchronous access handles, which is there in workers only. */
interface SyncAccessHandles {
  prototype: { write(bytes: Uint8Array, options: { at: number }): number };
}

export const steps = {
  /** Writes a whole model, or as far as `last`, and leaves it like that. Aborts when it fails. */
  async write(root: FileSystemDirectoryHandle, id: string, last: Step = 'commit'): Promise<ShardPlace[]> {
    const store = await openModelStore(root);
    const writer = await store.begin(id);
    const shards = createShards(writer, 'image', CAP);
    const places: ShardPlace[] = [];
    const doing: Record<Step, () => Promise<unknown>> = {
      begin: async () => undefined,
      file: () => writer.file('tokenizer.json', TOKENIZER),
      'tensor 0': async () => places.push(await shards.append(TENSORS[0] ?? tensor(0, 0))),
      'tensor 1': async () => places.push(await shards.append(TENSORS[1] ?? tensor(0, 0))),
      'tensor 2': async () => places.push(await shards.append(TENSORS[2] ?? tensor(0, 0))),
      commit: () => writer.commit(DESCRIPTION),
    };
    try {
      for (const step of STEPS.slice(0, STEPS.indexOf(last) + 1)) await doing[step]();
    } catch (error) {
      await writer.abort();
      throw error;
    }
    return places;
  },

  /** Writes one shard of `megabytes` and aborts, whatever happens. */
  async fill(root: FileSystemDirectoryHandle, id: string, megabytes: number): Promise<void> {
    const writer = await (await openModelStore(root)).begin(id);
    try {
      const shard = await writer.shard('image.0.bin');
      for (let i = 0; i < megabytes; i++) await shard.write(tensor(1024 * 1024, i));
      await shard.close();
    } finally {
      await writer.abort();
    }
  },

  /** From here on a synchronous write writes less, or nothing. */
  async replaceWrites(
    by: 'fifty bytes at most' | 'error -5 as Chromium returns it in memory',
  ): Promise<void> {
    const { prototype }: SyncAccessHandles = Reflect.get(globalThis, 'FileSystemSyncAccessHandle');
    const { write } = prototype;
    prototype.write = function (bytes, options) {
      if (by === 'fifty bytes at most') return write.call(this, bytes.subarray(0, 50), options);
      return 2 ** 32 - 5;
    };
  },

  /** From here on a manifest is written under its first name and never moved into place. */
  async stopBeforeMove(): Promise<void> {
    const reached = new BroadcastChannel('before-move');
    Object.assign(FileSystemFileHandle.prototype, {
      move: () => {
        reached.postMessage('reached');
        return new Promise(() => undefined);
      },
    });
  },
};

export type StorageSteps = typeof steps;
