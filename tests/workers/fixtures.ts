import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readArchitecture, type Architecture } from '../../src/clip/architecture';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { readPieces32 } from '../../src/clip/weights/weights';
import type { TowerWeights } from '../../src/clip/towers';
import { once } from '../../src/core/tasks';
import { bufferSource } from '../../src/formats/byte-source';
import { readSafetensorsHeader } from '../../src/formats/safetensors';
import type { Connection } from '../../src/hub/connection';
import { openDownloads } from '../../src/storage/downloads';
import { openModelStore } from '../../src/storage/kept-models';
import { ingest, type Ingestion } from '../../workers/models/ingest';
import type { ModelsParts } from '../../workers/models/parts';
import { testConnection } from '../hub/fixtures';
import { memoryStorage, type MemoryStorage } from '../helpers/memory-storage';

/** A small true checkpoint: towers of 96 x 96 pixels and 2,048 tokens, in fp16. */
export const FOLDER = 'static/models/clipscope-s';

/** The files of that checkpoint. */
export const CONFIG = await readFile(path.join(FOLDER, CHECKPOINT_FILES.config), 'utf8');
export const TOKENIZER = await readFile(path.join(FOLDER, CHECKPOINT_FILES.tokenizer), 'utf8');
export const WEIGHTS = new Uint8Array(await readFile(path.join(FOLDER, CHECKPOINT_FILES.weights)));

/** Those weights with other bytes, little-endian, at the end of a tensor: fp16 numbers, or fp32 for a scalar. */
export async function weightsWith(name: string, bytes: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors } = await readSafetensorsHeader(bufferSource(WEIGHTS));
  const { end } = tensors.get(name)!;
  const changed = WEIGHTS.slice();
  changed.set(bytes, end - bytes.length);
  return changed;
}

/** What a person is told of that checkpoint, wherever it came from. */
export const SHAPE = {
  imageSize: [96, 96],
  patchSize: 16,
  embedDim: 128,
  contextLength: 24,
} as const;

/** The worker's parts in memory, with a connection that waits for nothing. */
export interface MemoryParts extends ModelsParts {
  readonly memory: MemoryStorage;
}

/** @param memory what an earlier visit has left */
export function memoryParts(
  memory: MemoryStorage = memoryStorage(),
  connection: Connection = testConnection(),
): MemoryParts {
  return {
    memory,
    storage: memory.manager,
    root: async () => memory.root,
    models: once(() => openModelStore(memory.root)),
    downloads: once(() => openDownloads(memory.root, async () => undefined)),
    connection,
  };
}

/** A connection that must not be used. */
export const NO_NETWORK: Connection = testConnection({
  fetch: (url) => Promise.reject(new Error(`${url as string} was asked for`)),
});

/** The config of the small checkpoint with other settings of its text tower. */
export function configWith(text: object): string {
  const config = JSON.parse(CONFIG) as { model_cfg: { text_cfg: object } };
  const { model_cfg: model } = config;
  return JSON.stringify({ ...config, model_cfg: { ...model, text_cfg: { ...model.text_cfg, ...text } } });
}

export function architectureOf(config: string): Architecture {
  return readArchitecture(JSON.parse(config));
}

/** The small checkpoint about to be kept as `id`, with some things of it replaced. */
export async function ingestion(id: string, changes: Partial<Ingestion> = {}): Promise<Ingestion> {
  const weights = bufferSource(WEIGHTS);
  return {
    id,
    about: { name: id, origin: 'folder' },
    precision: 'fp16-storage',
    checkpoint: await readCheckpoint(CONFIG, weights),
    weights,
    texts: [
      [CHECKPOINT_FILES.config, CONFIG],
      [CHECKPOINT_FILES.tokenizer, TOKENIZER],
    ],
    ...changes,
  };
}

/** Keeps the small checkpoint as `id`. */
export async function keep(parts: ModelsParts, id: string, changes: Partial<Ingestion> = {}): Promise<void> {
  await ingest(await parts.models(), await ingestion(id, changes), {});
}

/** A digest of each tensor of a tower, widened to fp32, by the tensor's name. */
export async function digestsOf(weights: TowerWeights): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const tensor of weights.tensors) {
    const hash = createHash('sha256');
    for await (const piece of readPieces32(weights, tensor))
      hash.update(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    digests[tensor.name] = hash.digest('hex');
  }
  return digests;
}
