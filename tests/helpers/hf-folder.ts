import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Checkpoints as transformers saved them, with the embeddings that it gives. */
export const HF_FOLDERS = 'tests/fixtures/hf-form/towers';

const LETTERS = Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at));

/** The tokens of a tokenizer of letters and digits: 64, as their towers have. */
const TOKENS = [
  '[UNK]',
  '.',
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
  ...Array.from({ length: 10 }, (_, digit) => String(digit)),
];

const TOKENIZER = JSON.stringify({
  model: {
    type: 'WordPiece',
    vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
    unk_token: '[UNK]',
  },
  pre_tokenizer: { type: 'Whitespace' },
});

export type HfFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** The files of such a checkpoint by name, with a tokenizer. */
export async function hfFiles(name: string): Promise<HfFiles> {
  const folder = path.join(HF_FOLDERS, name);
  const names = (await readdir(folder)).filter((file) => !/^(?:expected|pixels)\./.test(file));
  const entries = await Promise.all(
    names.map(async (file) => [file, new Uint8Array(await readFile(path.join(folder, file)))] as const),
  );
  return { ...Object.fromEntries(entries), 'tokenizer.json': new TextEncoder().encode(TOKENIZER) };
}
