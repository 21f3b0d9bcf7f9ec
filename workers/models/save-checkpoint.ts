import { readArchitecture, type Architecture } from '../../src/clip/architecture';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { parseJson } from '../../src/clip/parse-json';
import { checkpointTensor } from '../../src/clip/weights/checkpoint-names';
import type { Tower } from '../../src/clip/weights/tensors';
import type { TowerWeights } from '../../src/clip/towers';
import { readPieces32, type StoredTensor } from '../../src/clip/weights/weights';
import { property } from '../../src/core/json';
import { float32ToFloat16 } from '../../src/formats/float16';
import { encodeSafetensorsHeader, type TensorSketch } from '../../src/formats/safetensors-writer';
import { entriesOf, findDirectory, makeDirectory, removeEntry } from '../../src/storage/directory';
import type { OpenedModel } from '../../src/storage/kept-models';
import { tryLock } from '../../src/storage/lock';
import { writeFile } from '../../src/storage/opfs-file';
import type { Progress } from '../api';
import { has, openTower, requireDetail } from '../sources/kept-store';
import type { SavedFile } from '../models-api';
import type { ModelsParts } from './parts';

/**
 * Where exported files wait for download, in browsers that cannot write into a folder: in a folder for each worker, since
 * other tabs may be downloading theirs.
 */
const EXPORTS_NAME = 'exports';
const OWN_NAME = crypto.getRandomValues(new Uint32Array(4)).join('-');

/** Held for life by a worker whose exported files may still be downloading. */
const lockOf = (name: string) => `clipscope/exports/${name}`;

/** Deletes exports of earlier visits that are no longer being downloaded. Never throws. */
export async function forgetExports(root: ModelsParts['root']): Promise<void> {
  try {
    const all = await findDirectory(await root(), EXPORTS_NAME);
    if (!all) return;
    for (const { name } of await entriesOf(all)) {
      const release = await tryLock(lockOf(name));
      if (!release) continue;
      try {
        await removeEntry(all, name);
      } finally {
        await release();
      }
    }
  } catch {
    // The next visit tries again.
  }
}

/** Copied, the config of a CoCa without its decoder. */
const SMALL_FILES = [CHECKPOINT_FILES.config, CHECKPOINT_FILES.tokenizer, CHECKPOINT_FILES.tokenizerConfig];

/**
 * Writes a kept model as a checkpoint that OpenCLIP itself loads, into a subfolder of `folder` if given. Quantised
 * weights are dequantised, which does not undo their loss of precision.
 * @throws ModelUnknown, ModelDamaged, StorageFull, StorageUnavailable
 */
export async function saveCheckpoint(
  parts: Pick<ModelsParts, 'root' | 'models'>,
  id: string,
  dtype: 'F16' | 'F32',
  folder: FileSystemDirectoryHandle | undefined,
  onProgress: (progress: Progress) => void,
): Promise<SavedFile[]> {
  const model = await (await parts.models()).open(id);
  if (folder === undefined) await tryLock(lockOf(OWN_NAME));
  // A subfolder, so that the user's files are not overwritten.
  const parent = folder ?? (await makeDirectory(await parts.root(), EXPORTS_NAME));
  const name = folder ? id : OWN_NAME;
  if (folder === undefined) await removeEntry(parent, name);
  const isNew = (await findDirectory(parent, name)) === undefined;
  try {
    const directory = await makeDirectory(parent, name);
    const kind = folder === undefined ? 'private' : 'picked';
    const names = SMALL_FILES.filter((name) => has(model, name));
    for (const name of names) {
      const file = await model.file(name);
      const saved =
        name === CHECKPOINT_FILES.config
          ? new TextEncoder().encode(configToSave(await file.text()))
          : new Uint8Array(await file.arrayBuffer());
      await writeFile(directory, name, [saved], kind);
    }
    await writeFile(directory, CHECKPOINT_FILES.weights, weightsFile(model, dtype, onProgress), kind);
    if (folder !== undefined) return [];
    return await Promise.all(
      [...names, CHECKPOINT_FILES.weights].map(async (name) => {
        const handle = await directory.getFileHandle(name);
        return { name, file: await handle.getFile() };
      }),
    );
  } catch (error) {
    // A failed export must not take up space on a disk that may be full.
    if (isNew) await removeEntry(parent, name).catch(() => undefined);
    throw error;
  }
}

/**
 * The config of the checkpoint that is saved: as it was kept, but for a CoCa, whose decoder is not. OpenCLIP then loads the
 * same towers as a `CustomTextCLIP`, which takes no tokens beside the embeddings.
 */
export function configToSave(text: string): string {
  const config = parseJson(text, CHECKPOINT_FILES.config) as {
    model_cfg: Record<'vision_cfg' | 'text_cfg', Record<string, unknown>> & Record<string, unknown>;
  };
  const { multimodal_cfg: decoder, vision_cfg, text_cfg, ...rest } = config.model_cfg;
  if (decoder === undefined || decoder === null) return text;
  const [vision, words] = [vision_cfg, text_cfg].map(({ output_tokens: _, ...settings }) => settings);
  const model_cfg = { ...rest, vision_cfg: vision, text_cfg: words, custom_text: true };
  return `${JSON.stringify({ ...config, model_cfg }, undefined, 2)}\n`;
}

/** The bytes of the safetensors file, one tensor at a time. */
async function* weightsFile(
  model: OpenedModel,
  dtype: 'F16' | 'F32',
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const detail = requireDetail(model.manifest);
  const config = parseJson(await (await model.file(CHECKPOINT_FILES.config)).text(), CHECKPOINT_FILES.config);
  const architecture = readArchitecture(config);
  const towers = await Promise.all(
    (['image', 'text'] as const).map(async (tower) => ({
      tower,
      weights: await openTower(model, detail.tensors[tower]),
    })),
  );
  const scalars = [
    ['logit_scale', Math.log(detail.logitScale)] as const,
    ...(detail.logitBias === null ? [] : [['logit_bias', detail.logitBias] as const]),
  ];
  const shape = property(property(config, 'model_cfg'), 'nonscalar_logit_scale') === true ? [1] : [];
  yield encodeSafetensorsHeader(
    [
      ...scalars.map(([name]): TensorSketch => ({ name, dtype: 'F32', shape })),
      ...towers.flatMap(({ tower, weights }) => sketches(architecture, tower, weights, dtype)),
    ],
    { format: 'pt' },
  );
  yield bytesOf(Float32Array.from(scalars, ([, value]) => value));
  const total = towers.reduce((sum, { weights }) => sum + weights.tensors.length, 0);
  let done = 0;
  for (const { weights } of towers) {
    for (const tensor of weights.tensors) {
      for await (const values of readPieces32(weights, tensor)) {
        yield bytesOf(dtype === 'F32' ? values : float32ToFloat16(values));
      }
      onProgress({ stage: 'storing', done: ++done, total });
    }
  }
}

function sketches(
  architecture: Architecture,
  tower: Tower,
  { tensors }: TowerWeights,
  dtype: 'F16' | 'F32',
): TensorSketch[] {
  return tensors.map(({ name, shape }: StoredTensor) => ({
    ...checkpointTensor(architecture, tower, name, shape),
    dtype,
  }));
}

function bytesOf(values: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
