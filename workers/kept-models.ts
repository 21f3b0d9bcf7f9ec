import { readArchitecture } from '../src/clip/architecture';
import { CHECKPOINT_FILES } from '../src/clip/catalogue';
import { parseJson, readCheckpoint, type Checkpoint } from '../src/clip/checkpoint';
import type { Tower } from '../src/clip/tensors';
import type { TowerWeights } from '../src/clip/towers';
import { storeTensors, type Precision } from '../src/clip/weights';
import { Failure } from '../src/core/failure';
import { once } from '../src/core/tasks';
import { blobSource, type ByteSource } from '../src/formats/byte-source';
import { openModelStore, type OpenedModel } from '../src/storage/kept-models';
import { storageRoot } from '../src/storage/directory';
import type { StoredManifest } from '../src/storage/manifest';
import { createShards } from '../src/storage/shards';
import type { CheckpointFiles, ModelSummary, Progress } from './api';
import { readDetail, type KeptDetail } from './kept-detail';
import { openTokenizer, requireSharedSpace, summaryOf, type ModelSource } from './model-source';

/** Written into every manifest: a weight store of another form is not read. */
const CONVERTER = 'clipscope 1';

const store = once(async () => openModelStore(await storageRoot()));

/** @throws StorageUnavailable */
export async function listKept(): Promise<ModelSummary[]> {
  const summaries: ModelSummary[] = [];
  for (const manifest of await (await store()).list()) {
    const detail = readDetail(manifest.detail);
    if (detail !== undefined && manifest.converter === CONVERTER) summaries.push(detail.summary);
  }
  return summaries;
}

/** @throws ModelUnknown, StorageUnavailable */
export async function openKept(id: string): Promise<ModelSource> {
  const model = await (await store()).open(id);
  const detail = requireDetail(model.manifest);
  const architecture = readArchitecture(await readJson(model, CHECKPOINT_FILES.config));
  const tokenizerJson = await readJson(model, CHECKPOINT_FILES.tokenizer);
  const tokenizerConfig = has(model, CHECKPOINT_FILES.tokenizerConfig)
    ? await readJson(model, CHECKPOINT_FILES.tokenizerConfig)
    : undefined;
  return {
    summary: detail.summary,
    architecture,
    tokenizer: openTokenizer(architecture, tokenizerJson, tokenizerConfig),
    logitScale: detail.logitScale,
    logitBias: detail.logitBias,
    image: await openTower(model, detail, 'image'),
    text: await openTower(model, detail, 'text'),
  };
}

/** @throws ModelUnknown, StorageUnavailable */
export async function removeKept(id: string): Promise<void> {
  await (await store()).remove(id);
}

/**
 * Checks a checkpoint whole before a byte is written, then keeps it.
 * @throws CheckpointIncomplete, StorageFull, and what a bad checkpoint throws
 */
export async function keepCheckpoint(
  files: CheckpointFiles,
  onProgress: (progress: Progress) => void,
): Promise<ModelSummary> {
  const { config, weights, tokenizer } = requireFiles(files);
  const [configText, tokenizerText] = [await config.text(), await tokenizer.text()];
  const tokenizerConfigText = await files.tokenizerConfig?.text();
  const source = blobSource(weights);
  const checkpoint = await readCheckpoint(configText, source);
  const { architecture } = checkpoint;
  requireSharedSpace(architecture);
  openTokenizer(
    architecture,
    parseJson(tokenizerText, CHECKPOINT_FILES.tokenizer),
    tokenizerConfigText === undefined
      ? undefined
      : parseJson(tokenizerConfigText, CHECKPOINT_FILES.tokenizerConfig),
  );
  const hash = await identify([configText, tokenizerText, tokenizerConfigText ?? ''], source);
  const id = `${slug(files.name)}-${hash.slice(0, 8)}`;
  const existing = (await listKept()).find((summary) => summary.id === id);
  if (existing !== undefined && (await isWhole(id))) return existing;
  return write(id, files.name, hash, checkpoint, source, onProgress, [
    [CHECKPOINT_FILES.config, configText],
    [CHECKPOINT_FILES.tokenizer, tokenizerText],
    ...(tokenizerConfigText === undefined
      ? []
      : [[CHECKPOINT_FILES.tokenizerConfig, tokenizerConfigText] as const]),
  ]);
}

async function write(
  id: string,
  name: string,
  sourceHash: string,
  checkpoint: Checkpoint,
  source: ByteSource,
  onProgress: (progress: Progress) => void,
  texts: readonly (readonly [file: string, text: string])[],
): Promise<ModelSummary> {
  const { architecture, tensors, logitScale, logitBias } = checkpoint;
  const precision = naturalPrecision(checkpoint);
  const writer = await (await store()).begin(id);
  try {
    for (const [file, text] of texts) await writer.file(file, new TextEncoder().encode(text));
    let done = 0;
    const keepTower = async (tower: Tower) => {
      const shards = createShards(writer, tower);
      const stored = await storeTensors(source, tensors[tower], precision, shards.append, (bytes) => {
        done += bytes;
        onProgress({ stage: 'storing', done, total: source.byteLength });
      });
      await shards.close();
      return stored;
    };
    const kept = { image: await keepTower('image'), text: await keepTower('text') };
    const bytes = [...kept.image, ...kept.text].reduce((sum, tensor) => sum + tensor.byteLength, 0);
    const summary: ModelSummary = {
      id,
      name,
      origin: 'folder',
      ...summaryOf(architecture),
      bytes,
      precision,
    };
    const detail: KeptDetail = { summary, logitScale, logitBias, tensors: kept };
    await writer.commit({
      name,
      created: new Date().toISOString(),
      converter: CONVERTER,
      sourceHash,
      precision,
      detail,
    });
    return summary;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** fp16 where every matrix is fp16 already, so that nothing is lost; else fp32. */
function naturalPrecision({ tensors }: Checkpoint): Precision {
  const matrices = [...tensors.image.values(), ...tensors.text.values()].filter(
    ({ shape }) => shape.length > 1,
  );
  return matrices.every(({ dtype }) => dtype === 'F16') ? 'fp16-storage' : 'fp32';
}

function requireFiles(files: CheckpointFiles): { config: Blob; weights: Blob; tokenizer: Blob } {
  const { config, weights, tokenizer } = files;
  if (config !== undefined && weights !== undefined && tokenizer !== undefined)
    return { config, weights, tokenizer };
  const missing = (['config', 'weights', 'tokenizer'] as const).filter((part) => files[part] === undefined);
  throw new Failure(
    'CheckpointIncomplete',
    `${files.name} lacks ${missing.map((part) => CHECKPOINT_FILES[part]).join(' and ')}.`,
  );
}

function requireDetail(manifest: StoredManifest): KeptDetail {
  const detail = readDetail(manifest.detail);
  if (detail === undefined || manifest.converter !== CONVERTER) {
    throw new Failure(
      'StorageUnavailable',
      `${manifest.name} was kept by another version of Clipscope; add it again.`,
    );
  }
  return detail;
}

async function openTower(model: OpenedModel, detail: KeptDetail, tower: Tower): Promise<TowerWeights> {
  const tensors = detail.tensors[tower];
  const names = [...new Set(tensors.map(({ file }) => file))];
  return {
    tensors,
    files: await Promise.all(names.map(async (path) => ({ path, data: await model.file(path) }))),
  };
}

function has(model: OpenedModel, name: string): boolean {
  return model.manifest.files.some((file) => file.name === name);
}

async function readJson(model: OpenedModel, name: string): Promise<unknown> {
  return parseJson(await (await model.file(name)).text(), name);
}

/** Whether every file of a kept model is there in full; a damaged one is written anew. */
async function isWhole(id: string): Promise<boolean> {
  try {
    await (await store()).open(id);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of weights hashed at a time: WebCrypto takes no stream. */
const HASH_CHUNK = 2 ** 26;

/** SHA-256, as hex, over the texts and the SHA-256 of each chunk of the weights. */
async function identify(texts: readonly string[], weights: ByteSource): Promise<string> {
  const parts: BlobPart[] = [JSON.stringify(texts)];
  for (let start = 0; start < weights.byteLength; start += HASH_CHUNK) {
    const chunk = await weights.slice(start, Math.min(weights.byteLength, start + HASH_CHUNK));
    parts.push(await crypto.subtle.digest('SHA-256', chunk));
  }
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function slug(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'model';
}
