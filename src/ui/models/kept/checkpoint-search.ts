import type { CheckpointFiles } from '../../../../workers/models-api';
import { misfit, partOf, type CheckpointPart } from '../../../clip/checkpoint-files';
import type { FoundFile } from '../../photos/arrivals';

/** The parts the user can pick one by one; only the weights are required. */
export const ASKED_PARTS = ['weights', 'config', 'tokenizer'] as const satisfies readonly CheckpointPart[];

type Parts = Partial<Record<CheckpointPart, FoundFile>>;

/** Collects the checkpoint among a folder's files: those beside the first `open_clip_config.json`. */
export class CheckpointSearch {
  readonly #byFolder = new Map<string, Parts>();

  #count = 0;

  /** Number of files taken. */
  get count(): number {
    return this.#count;
  }

  /** Takes a file; false if it is not part of a checkpoint. */
  take(found: FoundFile): boolean {
    const part = partOf(found.file.name);
    if (part === undefined) return false;
    this.#count++;
    const folder = found.path.slice(0, Math.max(0, found.path.lastIndexOf('/')));
    const parts = this.#byFolder.get(folder) ?? {};
    const other = parts[part]?.file.name;
    if (other === undefined || misfit(found.file.name, part) < misfit(other, part)) parts[part] = found;
    this.#byFolder.set(folder, parts);
    return true;
  }

  /** Weights without a config, named after their folder or file. */
  foundAlone(): CheckpointFiles | undefined {
    for (const [folder, parts] of this.#byFolder) {
      if (!parts.weights) continue;
      const name = folder.split('/').at(-1) || parts.weights.file.name.replace(/\.safetensors$/i, '');
      return checkpointFiles(name, parts);
    }
    return undefined;
  }

  /** The checkpoint, named after its folder; undefined without a config. */
  found(): CheckpointFiles | undefined {
    for (const [folder, parts] of this.#byFolder) {
      if (parts.config) return checkpointFiles(folder.split('/').at(-1) || 'My checkpoint', parts);
    }
    return undefined;
  }
}

/** The parts of one folder or form, as input for the models worker. */
export function checkpointFiles(
  name: string,
  parts: Partial<Record<CheckpointPart, { readonly file: File }>>,
): CheckpointFiles {
  const { config, weights, tokenizer, tokenizerConfig } = parts;
  return {
    name,
    ...(config && { config: config.file }),
    ...(weights && { weights: weights.file }),
    ...(tokenizer && { tokenizer: tokenizer.file }),
    ...(tokenizerConfig && { tokenizerConfig: tokenizerConfig.file }),
  };
}
