import { Failure } from '../core/failure';
import type { RepositoryFile } from './repository';

/** The files of a repository that make an OpenCLIP checkpoint. */
export interface CheckpointFileChoice {
  readonly config: RepositoryFile;
  readonly weights: RepositoryFile;
  readonly tokenizer?: RepositoryFile;
  readonly tokenizerConfig?: RepositoryFile;
}

/** A part of weights that are spread over several files. */
const SHARD = /-\d{5}-of-\d{5}\.safetensors$/;

/**
 * Names that weights in OpenCLIP's form have had on the hub, the newest first.
 *
 * Why others come last: `model.safetensors` mostly holds the same weights under the names of another library. Its header
 * tells, and is read before anything is downloaded.
 */
const WEIGHTS_NAMES = [
  /^open_clip_model\.safetensors$/,
  /^open_clip_pytorch_model\.safetensors$/,
  /^open_?clip[\w.-]*\.safetensors$/,
  /\.safetensors$/,
];

/** Weights that this page does not read. */
const OTHER_WEIGHTS = /\.(?:bin|pt|pth|ckpt)$/;

/**
 * Chooses among the files at a repository's root, by rule and never by guess.
 * @throws CheckpointIncomplete with what is missing, and what there is instead
 */
export function chooseFiles(name: string, files: readonly RepositoryFile[]): CheckpointFileChoice {
  const rooted = files.filter(({ path }) => !path.includes('/'));
  const named = (wanted: string) => rooted.find(({ path }) => path === wanted);
  const whole = rooted.filter(({ path }) => !SHARD.test(path));
  const weights = WEIGHTS_NAMES.flatMap((pattern) => whole.filter(({ path }) => pattern.test(path)))[0];
  if (weights === undefined) {
    const pickle = rooted.find(({ path }) => OTHER_WEIGHTS.test(path));
    const shard = rooted.find(({ path }) => SHARD.test(path));
    const instead = pickle
      ? ` It has ${pickle.path}, a pickle, which this page does not read: a pickle may run anything.`
      : shard
        ? ` It has ${shard.path}, a part of a model in another library's form.`
        : '';
    throw new Failure('CheckpointIncomplete', `${name} holds no safetensors file of weights.${instead}`);
  }
  const config = named('open_clip_config.json');
  if (config === undefined) {
    throw new Failure(
      'CheckpointIncomplete',
      `${name} has no open_clip_config.json: it is no OpenCLIP model.`,
    );
  }
  const tokenizer = named('tokenizer.json');
  const tokenizerConfig = named('tokenizer_config.json');
  return { config, weights, ...(tokenizer && { tokenizer }), ...(tokenizerConfig && { tokenizerConfig }) };
}
