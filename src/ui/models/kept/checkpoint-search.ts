import type { CheckpointFiles } from '../../../../workers/models-api';
import {
  CHECKPOINT_FILES,
  isIndex,
  isShard,
  misfit,
  partOf,
  type CheckpointPart,
} from '../../../clip/checkpoint-files';
import type { FoundFile } from '../../photos/arrivals';

/** The parts the user can pick one by one; only the weights are required. */
export const ASKED_PARTS = [
  'weights',
  'config',
  'preprocessor',
  'tokenizer',
] as const satisfies readonly CheckpointPart[];

type Parts = Partial<Record<CheckpointPart, FoundFile>>;

/** One folder's parts, the names of all its files of weights, and the parts of weights that are split. */
interface Folder {
  readonly parts: Parts;
  readonly weights: string[];
  readonly shards: File[];
}

/** Collects the checkpoint among a folder's files: those beside the first config. */
export class CheckpointSearch {
  readonly #byFolder = new Map<string, Folder>();

  #count = 0;

  /** Number of files taken. */
  get count(): number {
    return this.#count;
  }

  /** Takes a file; false if it is not part of a checkpoint. */
  take(found: FoundFile): boolean {
    const part = partOf(found.file.name);
    if (part === undefined && !isShard(found.file.name)) return false;
    this.#count++;
    const folder = found.path.slice(0, Math.max(0, found.path.lastIndexOf('/')));
    const there = this.#byFolder.get(folder) ?? { parts: {}, weights: [], shards: [] };
    this.#byFolder.set(folder, there);
    if (part === undefined) {
      there.shards.push(found.file);
      return true;
    }
    const { name } = found.file;
    const other = there.parts[part]?.file.name;
    if (other === undefined || isBetter(name, other, part)) there.parts[part] = found;
    if (part === 'weights') there.weights.push(name);
    return true;
  }

  /** Weights without a config, named after their folder or file. */
  foundAlone(): CheckpointFiles | undefined {
    for (const [folder, { parts, weights, shards }] of this.#byFolder) {
      if (!parts.weights) continue;
      const name = folder.split('/').at(-1) || parts.weights.file.name.replace(/\.\w+$/, '');
      return checkpointFiles(name, parts, weights, shards);
    }
    return undefined;
  }

  /**
   * The checkpoint, named after its folder; undefined without a config. One of a common name, `config.json`, counts only
   * beside weights.
   */
  found(): CheckpointFiles | undefined {
    for (const [folder, { parts, weights, shards }] of this.#byFolder) {
      const isOwn = parts.config?.file.name.toLowerCase() === CHECKPOINT_FILES.config;
      if (!parts.config || !(isOwn || parts.weights)) continue;
      return checkpointFiles(folder.split('/').at(-1) || 'My checkpoint', parts, weights, shards);
    }
    return undefined;
  }
}

/** Of two names that fit equally the first in the alphabet, whichever was found first. */
function isBetter(name: string, other: string, part: CheckpointPart): boolean {
  return (
    misfit(name, part) - misfit(other, part) < 0 ||
    (misfit(name, part) === misfit(other, part) && name < other)
  );
}

/**
 * The parts of one folder or form, as input for the models worker.
 * @param weights the names of all files of weights in the folder
 * @param shards the parts of weights there
 */
export function checkpointFiles(
  name: string,
  parts: Partial<Record<CheckpointPart, { readonly file: File }>>,
  weights: readonly string[] = [],
  shards: readonly File[] = [],
): CheckpointFiles {
  const { config, tokenizer, tokenizerConfig, preprocessor, processor } = parts;
  const taken = parts.weights?.file;
  const besides = weights.filter((one) => one !== taken?.name);
  return {
    name,
    ...(config && { config: config.file }),
    ...(taken && { weights: taken }),
    ...(taken && isIndex(taken.name) && { shards: shards.map((file) => ({ name: file.name, file })) }),
    ...(taken && besides.length > 0 && { choice: { taken: taken.name, besides } }),
    ...(tokenizer && { tokenizer: tokenizer.file }),
    ...(tokenizerConfig && { tokenizerConfig: tokenizerConfig.file }),
    ...(preprocessor && { preprocessor: preprocessor.file }),
    ...(processor && { processor: processor.file }),
  };
}
