import type { Checkpoint } from '../../src/clip/checkpoint';
import type { Tower } from '../../src/clip/weights/tensors';
import {
  storeTensors,
  tensorSum,
  totalBytes,
  type Precision,
  type StoredTensor,
} from '../../src/clip/weights/weights';
import { shapeOf } from '../../src/engine/model-shape';
import type { ByteSource } from '../../src/formats/byte-source';
import type { ModelStore } from '../../src/storage/kept-models';
import { createShards } from '../../src/storage/shards';
import type { ModelSummary } from '../api';
import type { KeptDetail } from '../sources/kept-detail';
import { CONVERTER } from '../sources/kept-store';

/** A checkpoint to be converted and kept. */
export interface Ingestion {
  readonly id: string;
  readonly about: Pick<ModelSummary, 'name' | 'origin' | 'repository' | 'commit' | 'licence'>;
  /** Hash of the whole checkpoint; absent if unknown. */
  readonly sourceHash?: string;
  readonly precision: Precision;
  readonly checkpoint: Checkpoint;
  /** The bytes of `open_clip_model.safetensors`; a slice of it may wait until it has arrived. */
  readonly weights: ByteSource;
  /** Config, tokenizer and other small files, stored unchanged. */
  readonly texts: readonly (readonly [file: string, text: string])[];
}

export interface IngestionEvents {
  /** Called with the checkpoint bytes converted so far. */
  onBytes?(done: number): void;
  /** Called when the image tower can be opened. */
  onImageTower?(): void;
  /** Runs when every byte is stored, before the manifest is written; if it throws, nothing is kept. */
  beforeCommit?(): Promise<void>;
}

/**
 * Converts a checkpoint tensor by tensor into the weight store, image tower first. It becomes a model only at the very
 * end; a failure before that leaves nothing behind.
 * @throws StorageFull, StorageUnavailable, StorageBusy, and what `weights` and `beforeCommit` throw
 */
export async function ingest(
  store: ModelStore,
  ingestion: Ingestion,
  events: IngestionEvents,
): Promise<ModelSummary> {
  const { id, about, checkpoint, precision, weights, texts } = ingestion;
  const writer = await store.begin(id);
  try {
    for (const [file, text] of texts) await writer.file(file, new TextEncoder().encode(text));
    let done = 0;
    const keep = async (tower: Tower): Promise<StoredTensor[]> => {
      const shards = createShards(writer, tower);
      const tensors = checkpoint.tensors[tower];
      const append = async (bytes: Uint8Array<ArrayBuffer>) => ({
        ...(await shards.append(bytes)),
        sum: tensorSum(bytes),
      });
      const stored = await storeTensors(weights, tensors, precision, append, (bytes) => {
        done += bytes;
        events.onBytes?.(done);
      });
      await shards.close();
      return stored;
    };
    const image = await keep('image');
    await writer.stage(describe(ingestion, { image, text: [] }));
    events.onImageTower?.();
    const text = await keep('text');
    await events.beforeCommit?.();
    const description = describe(ingestion, { image, text });
    await writer.commit(description);
    return description.detail.summary;
  } catch (error) {
    await writer.abort();
    throw error;
  }

  function describe(from: Ingestion, tensors: KeptDetail['tensors']) {
    const { architecture, logitScale, logitBias } = checkpoint;
    const bytes = totalBytes([...tensors.image, ...tensors.text]);
    const summary: ModelSummary = { id, ...about, ...shapeOf(architecture), bytes, precision };
    const detail: KeptDetail = { summary, logitScale, logitBias, tensors };
    return {
      name: about.name,
      created: new Date().toISOString(),
      converter: CONVERTER,
      ...(from.sourceHash !== undefined && { sourceHash: from.sourceHash }),
      precision,
      detail,
    };
  }
}
