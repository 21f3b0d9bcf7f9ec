import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';

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
 * Names of weights in OpenCLIP's format, best first: safetensors before what `torch.save` wrote.
 *
 * Why others come last: `model.safetensors` usually holds the same weights with another library's tensor names. The
 * header, read before any download, shows which.
 */
const WEIGHTS_NAMES = [
  /^open_clip_model\.safetensors$/i,
  /^open_clip_pytorch_model\.safetensors$/i,
  /^open_?clip[\w.-]*\.safetensors$/i,
  /^open_clip_pytorch_model\.bin$/i,
  /^open_?clip[\w.-]*\.(?:bin|pt|pth)$/i,
  /^model\.safetensors$/i,
  /\.safetensors$/i,
  /\.(?:bin|pt|pth)$/i,
];

/** Endings of files that may hold all weights of a checkpoint. */
export const WEIGHTS_ENDINGS = ['.safetensors', '.bin', '.pt', '.pth'] as const;

/** Names to try on a server that does not list its files, best first. */
export const USUAL_WEIGHTS = [
  CHECKPOINT_FILES.weights,
  'open_clip_pytorch_model.safetensors',
  'open_clip_pytorch_model.bin',
  'model.safetensors',
] as const;

/** One shard of weights split over several files; it cannot be opened alone. */
const SHARD = /-\d{5}-of-\d{5}\.(?:safetensors|bin)$/i;

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
  const lower = name.toLowerCase();
  return WEIGHTS_ENDINGS.some((ending) => lower.endsWith(ending)) && !SHARD.test(name);
}

/** Whether a file with this name holds weights, be it a part of them or a kind that Clipscope does not read. */
export function mayHoldWeights(name: string): boolean {
  return isWeights(name) || SHARD.test(name) || /\.ckpt$/i.test(name);
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
 * Chooses among the files of one folder in a listing, by fixed rules.
 * @param place the folder's name, for error messages
 * @param at `folder`: its path, absent for the root; `weights`: the name of the file of weights, if it is asked for
 * @throws CheckpointIncomplete with what is missing and what was found instead
 */
export function chooseFiles<F extends { readonly path: string }>(
  place: string,
  files: readonly F[],
  at: { readonly folder?: string; readonly weights?: string } = {},
): CheckpointFileChoice<F> {
  const prefix = at.folder === undefined ? '' : `${at.folder}/`;
  const nameOf = ({ path }: F) => (path.startsWith(prefix) ? path.slice(prefix.length) : '');
  const inside = files.filter((file) => nameOf(file) !== '' && !nameOf(file).includes('/'));
  const named = (wanted: string) => inside.find((file) => nameOf(file) === wanted);
  const asked = at.weights === undefined ? inside : inside.filter((file) => nameOf(file) === at.weights);
  const weights = asked
    .filter((file) => isWeights(nameOf(file)))
    .toSorted((a, b) => misfit(nameOf(a), 'weights') - misfit(nameOf(b), 'weights'))[0];
  if (weights === undefined) throw noWeights(place, asked.map(nameOf), at.weights);
  const config = named(CHECKPOINT_FILES.config);
  if (config === undefined) {
    const message = `${place} has no ${CHECKPOINT_FILES.config}: it is no OpenCLIP model.`;
    throw new Failure('CheckpointIncomplete', message);
  }
  const tokenizer = named(CHECKPOINT_FILES.tokenizer);
  const tokenizerConfig = named(CHECKPOINT_FILES.tokenizerConfig);
  return { config, weights, ...(tokenizer && { tokenizer }), ...(tokenizerConfig && { tokenizerConfig }) };
}

/** @param asked the name of the file that was asked for, if any */
function noWeights(place: string, names: readonly string[], asked: string | undefined): Failure {
  const shard = names.find((name) => SHARD.test(name));
  const instead = shard ? ` It has ${shard}, a part of a model in another library's form.` : '';
  const lacks = asked === undefined || instead ? 'holds no file of weights' : `holds no file ${asked}`;
  return new Failure('CheckpointIncomplete', `${place} ${lacks}.${instead}`);
}

/** Bytes of a small file that are read: twice and more what any published model has. */
const MOST_BYTES = { config: 2 ** 24, tokenizer: 2 ** 26, tokenizerConfig: 2 ** 24 } as const;

/**
 * The text of a small file.
 *
 * Why bounded: parsed, a text takes many times its length, and a file from anywhere may be of any length.
 * @throws ConfigUnreadable or, for the tokenizer, TokenizerUnsupported with the number; FileUnreadable
 */
export async function readSmallFile(part: keyof typeof MOST_BYTES, file: Blob): Promise<string> {
  const [name, most] = [CHECKPOINT_FILES[part], MOST_BYTES[part]];
  if (file.size > most) {
    const kind = part === 'tokenizer' ? 'TokenizerUnsupported' : 'ConfigUnreadable';
    throw new Failure(kind, `${name} has ${grouped(file.size)} bytes; at most ${grouped(most)} are read.`);
  }
  try {
    return await file.text();
  } catch (error) {
    throw new Failure('FileUnreadable', `${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
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
