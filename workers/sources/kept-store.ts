import { readArchitecture } from '../../src/clip/architecture';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { parseJson } from '../../src/clip/parse-json';
import { requireSums, type StoredTensor } from '../../src/clip/weights/weights';
import type { TowerWeights } from '../../src/clip/towers';
import { Failure } from '../../src/core/failure';
import { once } from '../../src/core/tasks';
import { openTokenizer, type TokenizerTexts } from '../../src/engine/open-tokenizer';
import { storageRoot } from '../../src/storage/directory';
import { openModelStore, type ModelStore, type OpenedModel } from '../../src/storage/kept-models';
import type { StoredManifest } from '../../src/storage/manifest';
import type { ModelSummary } from '../api';
import { readDetail, type KeptDetail } from './kept-detail';
import type { FoundModel } from './found-model';
import type { UnreadableModel } from '../models-api';

/** Version written into every manifest; models of any other version are rejected. */
export const CONVERTER = 'clipscope 2';

/** The store of kept models, opened on first use. @throws StorageFull, StorageUnavailable */
export const modelStore = once(async () => openModelStore(await storageRoot()));

/** @throws StorageUnavailable */
export async function listKept(store: ModelStore): Promise<ModelSummary[]> {
  const manifests = await store.list();
  return manifests.flatMap((manifest) => detailOf(manifest)?.summary ?? []);
}

/** Stored models that cannot be used: damaged, or written by another version. @throws StorageUnavailable */
export async function listUnreadable(store: ModelStore): Promise<UnreadableModel[]> {
  const others = (await store.list()).filter((manifest) => detailOf(manifest) === undefined);
  const found = [
    ...(await store.unreadable()),
    ...others.map(({ id }) => ({ id, reason: 'it was kept by another version of Clipscope' })),
  ];
  return Promise.all(found.map(async (model) => ({ ...model, bytes: await store.bytes(model.id) })));
}

/** @throws ModelUnknown, ModelDamaged, StorageUnavailable */
export async function openKept(store: ModelStore, id: string): Promise<FoundModel> {
  const model = await store.open(id, 'staged');
  const { summary, logitScale, logitBias, tensors } = requireDetail(model.manifest);
  const config = await (await model.file(CHECKPOINT_FILES.config)).text();
  const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
  const tokenizer = await openTokenizer(architecture, await tokenizerTexts(model));
  const source = {
    id: summary.id,
    name: summary.name,
    precision: summary.precision,
    architecture,
    tokenizer,
    logitScale,
    logitBias,
    image: await openTower(model, tensors.image),
    text: model.complete ? await openTower(model, tensors.text) : undefined,
  };
  return { summary, source };
}

/** The tokenizer files of an opened model. @throws ModelDamaged */
export async function tokenizerTexts(model: OpenedModel): Promise<TokenizerTexts> {
  const text = async (name: string) => (await model.file(name)).text();
  const tokenizer = await text(CHECKPOINT_FILES.tokenizer);
  if (!has(model, CHECKPOINT_FILES.tokenizerConfig)) return { tokenizer };
  return { tokenizer, tokenizerConfig: await text(CHECKPOINT_FILES.tokenizerConfig) };
}

/**
 * Whether the model `id` is stored with every file complete and every tensor as it was kept; reads all of it.
 *
 * Why not by lengths alone: a person adds a checkpoint again because the kept one is damaged.
 */
export async function isWhole(store: ModelStore, id: string): Promise<boolean> {
  try {
    const model = await store.open(id);
    const { tensors } = requireDetail(model.manifest);
    for (const tower of [tensors.image, tensors.text]) {
      const { files } = await openTower(model, tower);
      for (const { data, check } of files) check?.(await new Response(data).arrayBuffer());
    }
    return true;
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
export async function openTower(model: OpenedModel, tensors: readonly StoredTensor[]): Promise<TowerWeights> {
  const names = [...new Set(tensors.map(({ file }) => file))];
  return {
    tensors,
    files: await Promise.all(
      names.map(async (path) => ({
        path,
        data: await model.file(path),
        check: (bytes: ArrayBuffer) =>
          requireSums(
            tensors.filter(({ file }) => file === path),
            bytes,
          ),
      })),
    ),
  };
}

function detailOf(manifest: StoredManifest): KeptDetail | undefined {
  return manifest.converter === CONVERTER ? readDetail(manifest.detail) : undefined;
}

/** Whether `model` has the file `name`. */
export function has(model: OpenedModel, name: string): boolean {
  return model.manifest.files.some((file) => file.name === name);
}
