import { Failure } from '../core/failure';

/** The files of an OpenCLIP checkpoint, by their names on the hub. */
export const CHECKPOINT_FILES = {
  config: 'open_clip_config.json',
  weights: 'open_clip_model.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

/** The role of a checkpoint file. */
export type CheckpointPart = keyof typeof CHECKPOINT_FILES;

/**
 * Names of weights in OpenCLIP's format, best first.
 *
 * Why others come last: `model.safetensors` usually holds the same weights with another library's tensor names. The
 * header, read before any download, shows which.
 */
const WEIGHTS_NAMES = [
  /^open_clip_model\.safetensors$/i,
  /^open_clip_pytorch_model\.safetensors$/i,
  /^open_?clip[\w.-]*\.safetensors$/i,
  /\.safetensors$/i,
];

/** Names to try on a server that does not list its files, best first. */
export const USUAL_WEIGHTS = [
  CHECKPOINT_FILES.weights,
  'open_clip_pytorch_model.safetensors',
  'model.safetensors',
] as const;

/** One shard of weights split over several files; it cannot be opened alone. */
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/i;

/** Weights that Clipscope does not read. */
const PICKLE = /\.(?:bin|pt|pth|ckpt)$/i;

/**
 * The role of a file with this name (no folders); undefined for any other file, and for a shard of weights.
 */
export function partOf(name: string): CheckpointPart | undefined {
  if (isWeights(name)) return 'weights';
  const parts = Object.keys(CHECKPOINT_FILES) as CheckpointPart[];
  return parts.find((part) => CHECKPOINT_FILES[part] === name.toLowerCase());
}

/** Whether a file with this name or URL may hold all weights of a checkpoint. */
export function isWeights(name: string): boolean {
  return /\.safetensors$/i.test(name) && !SHARD.test(name);
}

/** Rank among several files for one role: 0 is an exact name, higher is a worse fit. */
export function misfit(name: string, part: CheckpointPart): number {
  if (name === CHECKPOINT_FILES[part]) return 0;
  return 1 + (part === 'weights' ? WEIGHTS_NAMES.findIndex((pattern) => pattern.test(name)) : 0);
}

/** The files chosen for a checkpoint. */
export interface CheckpointFileChoice<F> {
  readonly config: F;
  readonly weights: F;
  readonly tokenizer?: F;
  readonly tokenizerConfig?: F;
}

/**
 * Chooses among the files at the root of a listing, by fixed rules.
 * @param place the listing's name, for error messages
 * @throws CheckpointIncomplete with what is missing and what was found instead
 */
export function chooseFiles<F extends { readonly path: string }>(
  place: string,
  files: readonly F[],
): CheckpointFileChoice<F> {
  const rooted = files.filter(({ path }) => !path.includes('/'));
  const named = (wanted: string) => rooted.find(({ path }) => path === wanted);
  const weights = rooted
    .filter(({ path }) => isWeights(path))
    .toSorted((a, b) => misfit(a.path, 'weights') - misfit(b.path, 'weights'))[0];
  if (weights === undefined) {
    const pickle = rooted.find(({ path }) => PICKLE.test(path));
    const shard = rooted.find(({ path }) => SHARD.test(path));
    const instead = pickle
      ? ` It has ${pickle.path}, a pickle, which this page does not read: a pickle may run anything.`
      : shard
        ? ` It has ${shard.path}, a part of a model in another library's form.`
        : '';
    throw new Failure('CheckpointIncomplete', `${place} holds no safetensors file of weights.${instead}`);
  }
  const config = named(CHECKPOINT_FILES.config);
  if (config === undefined) {
    const message = `${place} has no ${CHECKPOINT_FILES.config}: it is no OpenCLIP model.`;
    throw new Failure('CheckpointIncomplete', message);
  }
  const tokenizer = named(CHECKPOINT_FILES.tokenizer);
  const tokenizerConfig = named(CHECKPOINT_FILES.tokenizerConfig);
  return { config, weights, ...(tokenizer && { tokenizer }), ...(tokenizerConfig && { tokenizerConfig }) };
}

/** The small files of a checkpoint, by stored name. */
export function textFiles(
  config: string,
  tokenizer: string,
  tokenizerConfig: string | undefined,
): (readonly [file: string, text: string])[] {
  return [
    [CHECKPOINT_FILES.config, config],
    [CHECKPOINT_FILES.tokenizer, tokenizer],
    ...(tokenizerConfig === undefined ? [] : [[CHECKPOINT_FILES.tokenizerConfig, tokenizerConfig] as const]),
  ];
}
