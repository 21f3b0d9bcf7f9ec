import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PRECISIONS, type Arithmetic, type Precision } from '../../src/clip/weights/weights';
import { SECTIONS, type Section } from './result';

export interface Options {
  readonly fixtures: string;
  readonly backend: 'wasm' | 'webgpu';
  readonly precision: Precision;
  readonly arithmetic: Arithmetic;
  readonly only: readonly Section[];
  readonly tokenizer: string | undefined;
  readonly mayRefuse: readonly string[];
  readonly out: string | undefined;
}

/** The storage precisions, plus fp16: stored as fp16 and computed in fp16. */
const MODES = [...PRECISIONS, 'fp16'] as const;

export const USAGE = `npm run conformance -- --fixtures DIR [--backend wasm|webgpu] [--precision ${MODES.join('|')}]
  [--only ${SECTIONS.join(',')}] [--tokenizer FILE] [--may-refuse a,b] [--out FILE]`;

/** Reads the command line. @throws Error with a sentence for the user */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fixtures: { type: 'string' },
      backend: { type: 'string', default: 'wasm' },
      precision: { type: 'string', default: 'fp32' },
      only: { type: 'string' },
      tokenizer: { type: 'string' },
      'may-refuse': { type: 'string' },
      out: { type: 'string' },
    },
  });
  const { fixtures, tokenizer, out } = values;
  if (fixtures === undefined) throw new Error('--fixtures DIR is needed.');
  if (!existsSync(fixtures)) throw new Error(`There is no folder ${fixtures}.`);
  if (tokenizer !== undefined && !existsSync(tokenizer)) throw new Error(`There is no file ${tokenizer}.`);
  const mode = oneOf('--precision', values.precision, MODES);
  return {
    fixtures: path.resolve(fixtures),
    backend: oneOf('--backend', values.backend, ['wasm', 'webgpu']),
    precision: mode === 'fp16' ? 'fp16-storage' : mode,
    arithmetic: mode === 'fp16' ? 'fp16' : 'fp32',
    only: list(values.only)?.map((section) => oneOf('--only', section, SECTIONS)) ?? SECTIONS,
    tokenizer: tokenizer === undefined ? findTokenizer(fixtures) : path.resolve(tokenizer),
    mayRefuse: list(values['may-refuse']) ?? [],
    out,
  };
}

/** A tokenizer inside the fixtures or beside them. */
function findTokenizer(fixtures: string): string | undefined {
  const places = [
    'tokenizer/tokenizer.json',
    'tokenizer/clip-tokenizer.json',
    '../tokenizer/clip-tokenizer.json',
  ];
  return places.map((place) => path.resolve(fixtures, place)).find((file) => existsSync(file));
}

function list(value: string | undefined): string[] | undefined {
  return value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${option} is ${choices.join(' or ')}, not ${value}.`);
  return found;
}
