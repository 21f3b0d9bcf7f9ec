import type { CheckpointFiles } from '../../../workers/models-api';
import { CHECKPOINT_FILES } from '../../clip/catalogue';
import { countText, plural } from '../kit/words';

/** Pictures by name, for systems that know no type for them. Formats no browser reads are listed as skipped later. */
const PICTURE_NAME = /\.(avif|bmp|gif|heic|heif|ico|jfif|jpe|jpeg|jpg|jxl|png|svg|tif|tiff|webp)$/i;

/** The files of a checkpoint, by what they are for. */
export type CheckpointPart = keyof typeof CHECKPOINT_FILES;

/** A file and where it lies: folders and name with `/` between. */
export interface FoundFile {
  readonly file: File;
  readonly path: string;
  /** Of a file given by itself, where the browser hands such out. */
  readonly handle?: FileSystemFileHandle;
}

/** The parts that a person is asked for, one by one; only the weights are needed. */
export const ASKED_PARTS = ['weights', 'config', 'tokenizer'] as const satisfies readonly CheckpointPart[];

/** What a file is to Clipscope. */
export type Kind = 'picture' | CheckpointPart | 'other';

/** Older repositories on the hub call the weights `open_clip_pytorch_model.safetensors`. */
const WEIGHTS_NAME = /^open_clip\w*\.safetensors$/i;

/** Weights that lie alone, or those of another library beside OpenCLIP's own. */
const ANY_WEIGHTS = /\.safetensors$/i;

/** Tells pictures, the parts of a checkpoint and everything else apart, by type and name. */
export function kindOf(file: File): Kind {
  if (file.type.startsWith('image/') || (file.type === '' && PICTURE_NAME.test(file.name))) return 'picture';
  if (ANY_WEIGHTS.test(file.name)) return 'weights';
  const parts = Object.keys(CHECKPOINT_FILES) as CheckpointPart[];
  return parts.find((part) => CHECKPOINT_FILES[part] === file.name.toLowerCase()) ?? 'other';
}

type Parts = Partial<Record<CheckpointPart, FoundFile>>;

/** Collects the checkpoint among a folder's files: those beside the first `open_clip_config.json`. */
export class CheckpointSearch {
  readonly #byFolder = new Map<string, Parts>();

  /** How many files were taken. */
  files = 0;

  take(found: FoundFile, part: CheckpointPart): void {
    this.files++;
    const folder = found.path.slice(0, Math.max(0, found.path.lastIndexOf('/')));
    const parts = this.#byFolder.get(folder) ?? {};
    if (!parts[part] || fitness(found, part) > fitness(parts[part], part)) parts[part] = found;
    this.#byFolder.set(folder, parts);
  }

  /** Weights without a config, named after their folder, else themselves. */
  foundAlone(): CheckpointFiles | undefined {
    for (const [folder, parts] of this.#byFolder) {
      if (!parts.weights) continue;
      const name = folder.split('/').at(-1) || parts.weights.file.name.replace(ANY_WEIGHTS, '');
      return checkpointFiles(name, parts);
    }
    return undefined;
  }

  /** The checkpoint, named after its folder, or undefined where there was no config. */
  found(): CheckpointFiles | undefined {
    for (const [folder, parts] of this.#byFolder) {
      if (parts.config) return checkpointFiles(folder.split('/').at(-1) || 'My checkpoint', parts);
    }
    return undefined;
  }
}

/** How well a file's name suits its part, where a folder holds several. */
function fitness({ file }: FoundFile, part: CheckpointPart): number {
  if (file.name === CHECKPOINT_FILES[part]) return 2;
  return part === 'weights' && WEIGHTS_NAME.test(file.name) ? 1 : 0;
}

/** The parts of one folder or form as the models worker takes them; what is missing is left out. */
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

/** How many files a folder or a drop held, by what became of them. */
export interface ArrivalCounts {
  readonly added: number;
  /** Known photos whose file is another now. */
  readonly changed: number;
  readonly already: number;
  /** Known photos whose file is not there any more. */
  readonly gone: number;
  readonly others: number;
}

/** "80 photos added · 2 changed · 3 already here · 1 gone · 12 other files left out". */
export function arrivalText({ added, changed, already, gone, others }: ArrivalCounts): string {
  const parts = [
    added > 0 || changed + already + gone + others === 0 ? `${plural(added, 'photo')} added` : '',
    changed > 0 ? `${countText(changed)} changed` : '',
    already > 0 ? `${countText(already)} already here` : '',
    gone > 0 ? `${countText(gone)} gone` : '',
    others > 0 ? `${plural(others, 'other file')} left out` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}
