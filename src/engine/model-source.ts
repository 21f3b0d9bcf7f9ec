import type { Architecture } from '../clip/architecture';
import { readCheckpoint } from '../clip/checkpoint';
import type { Tokenizer } from '../clip/text/tokenizer';
import { sharesSpace, type TowerWeights } from '../clip/towers';
import type { Tower } from '../clip/weights/tensors';
import { memoryFiles, storeTensors, type Precision } from '../clip/weights/weights';
import { Failure } from '../core/failure';
import type { ByteSource } from '../formats/byte-source';
import { openTokenizer, type TokenizerTexts } from './open-tokenizer';

/** Everything needed to open a model's towers, wherever the weights are stored. */
export interface TowerSource {
  /** Unique to the model and its image size. */
  readonly id: string;
  readonly name: string;
  /** Storage precision of the weights. */
  readonly precision: Precision;
  readonly architecture: Architecture;
  /** exp(logit_scale). */
  readonly logitScale: number;
  readonly logitBias: number | null;
  readonly image: TowerWeights;
  /** Undefined until it has arrived. */
  readonly text: TowerWeights | undefined;
}

/** Also has the tokenizer, so that texts can be encoded. */
export interface ModelSource extends TowerSource {
  readonly tokenizer: Tokenizer;
}

/** The fields that a checkpoint does not contain. */
type About = Pick<TowerSource, 'id' | 'name' | 'precision'>;

/** A checkpoint's config and weights. */
export interface CheckpointBytes {
  /** The text of `open_clip_config.json`. */
  readonly config: string;
  /** `open_clip_model.safetensors`. */
  readonly weights: ByteSource;
}

/**
 * Reads a checkpoint into memory, with its weights in `precision`.
 * @throws what `readCheckpoint` throws
 */
export async function readTowers(
  { id, name, precision }: About,
  { config, weights }: CheckpointBytes,
): Promise<TowerSource> {
  const { architecture, tensors, logitScale, logitBias } = await readCheckpoint(config, weights);
  const inMemory = async (tower: Tower): Promise<TowerWeights> => {
    const { append, files } = memoryFiles(tower);
    return { tensors: await storeTensors(weights, tensors[tower], precision, append), files };
  };
  const [image, text] = [await inMemory('image'), await inMemory('text')];
  return { id, name, precision, architecture, logitScale, logitBias, image, text };
}

/**
 * The same, with the tokenizer.
 * @throws TokenizerUnsupported, UnsupportedSetting, and what `readCheckpoint` throws
 */
export async function readModel(about: About, files: CheckpointBytes & TokenizerTexts): Promise<ModelSource> {
  const towers = await readTowers(about, files);
  return { ...towers, tokenizer: await requireUsable(towers.architecture, files) };
}

/** The tokenizer, after checking that the checkpoint is usable. @throws UnsupportedSetting, TokenizerUnsupported */
export async function requireUsable(architecture: Architecture, texts: TokenizerTexts): Promise<Tokenizer> {
  requireSharedSpace(architecture);
  return openTokenizer(architecture, texts);
}

/** @throws UnsupportedSetting if pictures and texts have embeddings in different spaces */
export function requireSharedSpace(architecture: Architecture): void {
  if (sharesSpace(architecture)) return;
  const { vision, text } = architecture;
  throw new Failure(
    'UnsupportedSetting',
    `text_cfg.proj_type = "none" is not supported here: pictures end in ${vision.outputDim} numbers and texts in ${text.outputDim}, so they cannot be compared.`,
  );
}
