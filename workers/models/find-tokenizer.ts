import { grouped } from '../../src/core/digits';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import type { Architecture } from '../../src/clip/architecture';
import { parseJson } from '../../src/clip/parse-json';
import { Failure, failureName } from '../../src/core/failure';
import { property } from '../../src/core/json';
import { openTokenizer, type TokenizerTexts } from '../../src/engine/open-tokenizer';
import type { ModelStore } from '../../src/storage/kept-models';
import { listKept, tokenizerTexts } from '../sources/kept-store';
import type { ModelsParts } from './parts';
import { readTokenizerOf } from './remote-checkpoint';

/** Vocabulary size of OpenAI's BPE, and a repository that has it in Hugging Face format. */
const CLIP_VOCABULARY = 49_408;
const CLIP_REPOSITORY = 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K';

/** Where a tokenizer is looked for. */
export type TokenizerPlaces = Pick<ModelsParts, 'models' | 'connection'>;

/**
 * A tokenizer for a checkpoint without one: the one named in its config, that of a kept model with the same
 * vocabulary, or CLIP's own.
 * @param hub base URL of the hub that may be asked; absent: none
 * @throws TokenizerMissing, and what reading from the hub throws
 */
export async function findTokenizer(
  { models, connection }: TokenizerPlaces,
  architecture: Architecture,
  config: string,
  hub?: string,
): Promise<TokenizerTexts> {
  const { vocabSize } = architecture.text;
  const named = tokenizerName(config);
  if (hub !== undefined && named !== undefined) {
    const found = await fitting(architecture, await readTokenizerOf(hub, named, connection));
    if (found) return found;
  }
  const kept = await keptTokenizer(await models(), architecture, named);
  if (kept) return kept;
  if (hub !== undefined && vocabSize === CLIP_VOCABULARY) {
    const found = await fitting(architecture, await readTokenizerOf(hub, CLIP_REPOSITORY, connection));
    if (found) return found;
  }
  const message = `It brings no tokenizer, and no kept model has one of ${grouped(vocabSize)} tokens.`;
  throw new Failure('TokenizerMissing', message);
}

/** Whether `findTokenizer` would find one. */
export async function canFindTokenizer(
  places: TokenizerPlaces,
  architecture: Architecture,
  config: string,
  hub?: string,
): Promise<boolean> {
  try {
    await findTokenizer(places, architecture, config, hub);
    return true;
  } catch (error) {
    if (failureName(error) === 'TokenizerMissing') return false;
    throw error;
  }
}

/** The tokenizer repository named in a config. */
function tokenizerName(config: string): string | undefined {
  const text = property(property(parseJson(config, CHECKPOINT_FILES.config), 'model_cfg'), 'text_cfg');
  const named = property(text, 'hf_tokenizer_name');
  return typeof named === 'string' && named !== '' ? named : undefined;
}

/** From a kept model whose config names the same tokenizer or, like this one, none: sizes may match by chance. */
async function keptTokenizer(
  store: ModelStore,
  architecture: Architecture,
  named: string | undefined,
): Promise<TokenizerTexts | undefined> {
  for (const { id } of await listKept(store)) {
    const texts = await readKept(id).catch(() => undefined);
    const found = await fitting(architecture, texts);
    if (found) return found;
  }
  return undefined;

  async function readKept(id: string): Promise<TokenizerTexts | undefined> {
    const model = await store.open(id);
    const config = await (await model.file(CHECKPOINT_FILES.config)).text();
    return tokenizerName(config) === named ? tokenizerTexts(model) : undefined;
  }
}

/** `texts` if they hold a tokenizer with exactly the architecture's vocabulary size. */
async function fitting(
  architecture: Architecture,
  texts: TokenizerTexts | undefined,
): Promise<TokenizerTexts | undefined> {
  if (texts === undefined) return undefined;
  try {
    const { vocabSize } = await openTokenizer(architecture, texts);
    return vocabSize === architecture.text.vocabSize ? texts : undefined;
  } catch {
    return undefined;
  }
}
