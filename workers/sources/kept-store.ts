import { readArchitecture } from '../../src/clip/architecture';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { parseJson } from '../../src/clip/checkpoint';
import type { Tower } from '../../src/clip/weights/tensors';
import type { TowerWeights } from '../../src/clip/towers';
import { Failure } from '../../src/core/failure';
import { once } from '../../src/core/tasks';
import { storageRoot } from '../../src/storage/directory';
import { openModelStore, type OpenedModel } from '../../src/storage/kept-models';
import type { StoredManifest } from '../../src/storage/manifest';
import type { ModelSummary } from '../api';
import { readDetail, type KeptDetail } from './kept-detail';
import { openTokenizer, type ModelSource } from './model-source';
import type { UnreadableModel } from '../models-api';

/** Written into every manifest: a weight store of another form is not read. */
export const CONVERTER = 'clipscope 2';

export const modelStore = once(async () => openModelStore(await storageRoot()));

/** @throws StorageUnavailable */
export async function listKept(): Promise<ModelSummary[]> {
  const manifests = await (await modelStore()).list();
  return manifests.flatMap((manifest) => detailOf(manifest)?.summary ?? []);
}

/** What lies in the store and cannot be used: damaged, or written by another version. @throws StorageUnavailable */
export async function listUnreadable(): Promise<UnreadableModel[]> {
  const store = await modelStore();
  const others = (await store.list()).filter((manifest) => detailOf(manifest) === undefined);
  const found = [
    ...(await store.unreadable()),
    ...others.map(({ id }) => ({ id, reason: 'it was kept by another version of Clipscope' })),
  ];
  return Promise.all(found.map(async (model) => ({ ...model, bytes: await store.bytes(model.id) })));
}

/** @throws ModelUnknown, ModelDamaged, StorageUnavailable */
export async function openKept(id: string): Promise<ModelSource> {
  const model = await (await modelStore()).open(id, 'staged');
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
    text: model.complete ? await openTower(model, detail, 'text') : undefined,
  };
}

/** Whether a model is kept under `id` with every file in full. */
export async function isWhole(id: string): Promise<boolean> {
  try {
    return detailOf((await (await modelStore()).open(id)).manifest) !== undefined;
  } catch {
    return false;
  }
}

/** The manifest's detail. @throws ModelDamaged where another version wrote it */
export function requireDetail(manifest: StoredManifest): KeptDetail {
  const detail = detailOf(manifest);
  if (detail !== undefined) return detail;
  throw new Failure('ModelDamaged', `${manifest.name} was kept by another version of Clipscope.`);
}

/** One tower of an opened model. @throws ModelDamaged */
export async function openTower(model: OpenedModel, detail: KeptDetail, tower: Tower): Promise<TowerWeights> {
  const tensors = detail.tensors[tower];
  const names = [...new Set(tensors.map(({ file }) => file))];
  return {
    tensors,
    files: await Promise.all(names.map(async (path) => ({ path, data: await model.file(path) }))),
  };
}

function detailOf(manifest: StoredManifest): KeptDetail | undefined {
  return manifest.converter === CONVERTER ? readDetail(manifest.detail) : undefined;
}

/** Whether `model` has the file `name`. */
export function has(model: OpenedModel, name: string): boolean {
  return model.manifest.files.some((file) => file.name === name);
}

async function readJson(model: OpenedModel, name: string): Promise<unknown> {
  return parseJson(await (await model.file(name)).text(), name);
}
