import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';
import { property } from '../core/json';
import { parseJson } from './parse-json';
import { show } from './config/settings';

/**
 * The files of a checkpoint, by their names on the hub: OpenCLIP's own, and those of transformers that say how pictures
 * are prepared.
 */
export const CHECKPOINT_FILES = {
  config: 'open_clip_config.json',
  weights: 'open_clip_model.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  preprocessor: 'preprocessor_config.json',
  processor: 'processor_config.json',
  index: 'model.safetensors.index.json',
} as const;

/** The config of a model in transformers' form, which is read where OpenCLIP's own is not there. */
export const HF_CONFIG = 'config.json';

/** The role of a checkpoint file. */
export type CheckpointPart = keyof typeof CHECKPOINT_FILES;

/**
 * Names of weights in OpenCLIP's format, best first: safetensors before what `torch.save` wrote.
 *
 * Why others come last: `model.safetensors` usually holds the same weights with transformers' names, which are read
 * too. An index stands for the parts that it lists.
 */
const WEIGHTS_NAMES = [
  /^open_clip_model\.safetensors$/i,
  /^open_clip_pytorch_model\.safetensors$/i,
  /^open_?clip[\w.-]*\.safetensors$/i,
  /^open_clip_pytorch_model\.bin$/i,
  /^open_?clip[\w.-]*\.(?:bin|pt|pth)$/i,
  /^model\.safetensors$/i,
  /^model\.safetensors\.index\.json$/i,
  /\.safetensors$/i,
  /\.safetensors\.index\.json$/i,
  /^pytorch_model\.bin$/i,
  /\.(?:bin|pt|pth)$/i,
  /\.bin\.index\.json$/i,
];

/** Endings of files that may hold all weights of a checkpoint. */
export const WEIGHTS_ENDINGS = ['.safetensors', '.bin', '.pt', '.pth'] as const;

/** Names to try on a server that does not list its files, best first. */
export const USUAL_WEIGHTS = [
  CHECKPOINT_FILES.weights,
  'open_clip_pytorch_model.safetensors',
  'open_clip_pytorch_model.bin',
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
] as const;

/** The list of the parts of weights that are split. */
const INDEX = /\.(?:safetensors|bin)\.index\.json$/i;

/** One part of them; it cannot be opened alone. */
const SHARD = /-\d{5}-of-\d{5}\.(?:safetensors|bin)$/i;

/**
 * The role of a file with this name (no folders); undefined for any other file, and for a shard of weights.
 */
export function partOf(name: string): CheckpointPart | undefined {
  if (isWeights(name)) return 'weights';
  if (name.toLowerCase() === HF_CONFIG) return 'config';
  const parts = Object.keys(CHECKPOINT_FILES) as CheckpointPart[];
  return parts.find((part) => CHECKPOINT_FILES[part] === name.toLowerCase());
}

/** Whether a file with this name or URL may hold all weights of a checkpoint, or list the files that do. */
export function isWeights(name: string): boolean {
  const lower = name.toLowerCase();
  return isIndex(name) || (WEIGHTS_ENDINGS.some((ending) => lower.endsWith(ending)) && !SHARD.test(name));
}

/** Whether a file with this name or URL lists the parts of weights that are split. */
export function isIndex(name: string): boolean {
  return INDEX.test(name);
}

/** Whether a file with this name is a part of weights. */
export function isShard(name: string): boolean {
  return SHARD.test(name);
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
  /** Absent only where the config is known from elsewhere. */
  readonly config?: F;
  readonly weights: F;
  readonly tokenizer?: F;
  readonly tokenizerConfig?: F;
  readonly preprocessor?: F;
  readonly processor?: F;
}

/**
 * Chooses among the files of one folder in a listing, by fixed rules.
 * @param place the folder's name, for error messages
 * @param at `folder`: its path, absent for the root; `weights`: the name of the file of weights, if it is asked for;
 *   `hasConfig`: whether its config is known from elsewhere, should it bring none
 * @throws CheckpointIncomplete with what is missing and what was found instead
 */
export function chooseFiles<F extends { readonly path: string }>(
  place: string,
  files: readonly F[],
  at: { readonly folder?: string; readonly weights?: string; readonly hasConfig?: boolean | undefined } = {},
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
  const config = named(CHECKPOINT_FILES.config) ?? named(HF_CONFIG);
  if (config === undefined && !at.hasConfig) {
    const message = `${place} has neither ${CHECKPOINT_FILES.config} nor ${HF_CONFIG}.`;
    throw new Failure('CheckpointIncomplete', message);
  }
  const others = OTHERS.flatMap((part) => {
    const file = named(CHECKPOINT_FILES[part]);
    return file ? [[part, file] as const] : [];
  });
  return {
    ...(config && { config }),
    weights,
    ...(Object.fromEntries(others) as Partial<Record<(typeof OTHERS)[number], F>>),
  };
}

/** What a checkpoint may lack. */
const OTHERS = ['tokenizer', 'tokenizerConfig', 'preprocessor', 'processor'] as const;

/** Parts that are read of split weights: more than any model of this size has. */
const MOST_SHARDS = 1000;

/**
 * The names of the parts that an index of weights lists, sorted.
 * @param file the index's name, for error messages
 * @throws ConfigUnreadable
 */
export function shardNames(index: string, file: string): readonly string[] {
  const map = property(parseJson(index, file), 'weight_map');
  const names = new Set<unknown>(Object.values(typeof map === 'object' && map !== null ? map : {}));
  if (names.size === 0 || names.size > MOST_SHARDS) {
    throw new Failure('ConfigUnreadable', `${file} lists ${grouped(names.size)} files in its weight_map.`);
  }
  const shards = [...names].map((name) => {
    if (typeof name === 'string' && isFileName(name)) return name;
    throw new Failure('ConfigUnreadable', `${file} lists ${show(name)}, which is no file beside it.`);
  });
  return shards.sort((a, b) => (a < b ? -1 : 1));
}

/** Whether it is the name of a file of weights in the same folder. */
function isFileName(name: string): boolean {
  return !/[/\\]/.test(name) && WEIGHTS_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** @throws CheckpointIncomplete for a part that is not there */
export function requireShard<F>(file: F | undefined, name: string, place: string): F {
  if (file !== undefined) return file;
  throw new Failure('CheckpointIncomplete', `${place} lacks ${name}, a part of its weights.`);
}

/** @param asked the name of the file that was asked for, if any */
function noWeights(place: string, names: readonly string[], asked: string | undefined): Failure {
  const shard = names.find((name) => SHARD.test(name));
  const instead = shard
    ? ` It has ${shard}, one of several parts, which open by their index (.index.json).`
    : '';
  const lacks = asked === undefined || instead ? 'holds no file of weights' : `holds no file ${asked}`;
  return new Failure('CheckpointIncomplete', `${place} ${lacks}.${instead}`);
}

/** Bytes of a small file that are read: twice and more what any published model has. */
const MOST_BYTES = {
  config: 2 ** 24,
  tokenizer: 2 ** 26,
  tokenizerConfig: 2 ** 24,
  preprocessor: 2 ** 20,
  processor: 2 ** 20,
  index: 2 ** 24,
} as const;

/** What a small file is called: as the person has it, or by its role. */
export function nameOfSmall(part: CheckpointPart, file: Blob): string {
  return file instanceof File ? file.name : CHECKPOINT_FILES[part];
}

/**
 * The text of a small file.
 *
 * Why bounded: parsed, a text takes many times its length, and a file from anywhere may be of any length.
 * @throws ConfigUnreadable or, for the tokenizer, TokenizerUnsupported with the number; FileUnreadable
 */
export async function readSmallFile(part: keyof typeof MOST_BYTES, file: Blob): Promise<string> {
  const [name, most] = [nameOfSmall(part, file), MOST_BYTES[part]];
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
