import { Failure } from '../../core/failure';

/** Supported `model` types of a `tokenizer.json`. */
export type TokenizerKind = 'BPE' | 'WordPiece' | 'Unigram';

export type Fields = Readonly<Record<string, unknown>>;

export interface AddedToken extends Fields {
  readonly content: string;
  readonly id: number;
  readonly special: boolean;
}

/** A `tokenizer.json` of checked structure. Parts left as `Fields` are checked where they run. */
export interface TokenizerFile {
  readonly kind: TokenizerKind;
  /** With `type` filled in, and merges as pairs. */
  readonly model: Fields;
  readonly normalizer: Fields | null;
  readonly preTokenizer: Fields | null;
  readonly addedTokens: readonly AddedToken[];
  /** The token for anything not in the vocabulary. */
  readonly unknownToken: string | null;
  /** Ids put before and after every text. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  /** Greater than every id. */
  readonly vocabSize: number;
}

/** @throws TokenizerUnsupported, naming the field, unless `json` is a Hugging Face tokenizer of a known kind */
export function readTokenizerFile(json: unknown): TokenizerFile {
  const root = fieldsOf(json, 'tokenizer.json');
  const model = fieldsOf(root['model'], 'model');
  const kind = kindOf(model);
  const addedTokens = readAddedTokens(root['added_tokens']);
  const vocabulary = kind === 'Unigram' ? readPieces(model['vocab']) : readVocabulary(model['vocab']);
  const ids = new Map(vocabulary);
  for (const { content, id } of addedTokens) ids.set(content, id);
  const unknownToken = readUnknownToken(kind, model, kind === 'Unigram' ? vocabulary : ids);
  const checked: Record<string, unknown> = { ...model, type: kind };
  if (kind === 'BPE') checked['merges'] = readMerges(model, vocabulary);
  const [normalizer, preTokenizer] = [
    readSteps(root['normalizer'], 'normalizer'),
    readSteps(root['pre_tokenizer'], 'pre_tokenizer'),
  ];
  requireFallback(kind, model, unknownToken, [normalizer, preTokenizer]);
  // Why the unknown token joins the vocabulary: with added tokens switched off it would have no id.
  if (unknownToken !== null && !vocabulary.has(unknownToken)) {
    checked['vocab'] = { ...Object.fromEntries(vocabulary), [unknownToken]: ids.get(unknownToken) };
  }
  const wrapping = readWrapping(optionalFields(root['post_processor'], 'post_processor'), ids);
  const used = [...ids.values(), ...wrapping.prefix, ...wrapping.suffix];
  return {
    kind,
    model: checked,
    normalizer,
    preTokenizer,
    addedTokens,
    unknownToken,
    ...wrapping,
    vocabSize: 1 + used.reduce((highest, id) => Math.max(highest, id), -1),
  };
}

export function refuse(field: string, what: string): Failure {
  return new Failure('TokenizerUnsupported', `tokenizer.json: ${field} ${what}.`);
}

/** Older files omit the model's type. */
function kindOf(model: Fields): TokenizerKind {
  const type =
    model['type'] ?? (Array.isArray(model['vocab']) ? 'Unigram' : 'merges' in model ? 'BPE' : 'WordPiece');
  if (type === 'BPE' || type === 'WordPiece' || type === 'Unigram') return type;
  throw refuse('model.type', `is ${show(type)}; Clipscope runs BPE, WordPiece and Unigram`);
}

function readVocabulary(value: unknown): ReadonlyMap<string, number> {
  const vocabulary = new Map<string, number>();
  for (const [token, id] of Object.entries(fieldsOf(value, 'model.vocab'))) {
    vocabulary.set(token, idOf(id, `model.vocab[${JSON.stringify(token)}]`));
  }
  return vocabulary;
}

/** Unigram's `[piece, log probability]` entries; the list index is the id. */
function readPieces(value: unknown): ReadonlyMap<string, number> {
  const pieces = new Map<string, number>();
  for (const [id, entry] of listOf(value, 'model.vocab').entries()) {
    const [piece, score] = listOf(entry, `model.vocab[${id}]`);
    if (typeof piece !== 'string' || typeof score !== 'number') {
      throw refuse(`model.vocab[${id}]`, `is ${show(entry)}, expected [piece, score]`);
    }
    pieces.set(piece, id);
  }
  return pieces;
}

/** Merges, written as `"a b"` or `["a", "b"]`, as pairs; each merged string must be a token. */
function readMerges(model: Fields, vocabulary: ReadonlyMap<string, number>): [string, string][] {
  if (model['continuing_subword_prefix']) {
    throw refuse('model.continuing_subword_prefix', 'is set, which Clipscope does not run');
  }
  return listOf(model['merges'], 'model.merges').map((merge, index) => {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right, ...rest] = listOf(pair, `model.merges[${index}]`);
    if (typeof left !== 'string' || typeof right !== 'string' || rest.length > 0) {
      throw refuse(`model.merges[${index}]`, `is ${show(merge)}, expected two tokens`);
    }
    if (!vocabulary.has(left + right)) {
      throw refuse(`model.merges[${index}]`, `makes ${show(left + right)}, which is not in model.vocab`);
    }
    return [left, right];
  });
}

function readUnknownToken(
  kind: TokenizerKind,
  model: Fields,
  vocabulary: ReadonlyMap<string, number>,
): string | null {
  if (kind === 'Unigram') {
    const id = idOf(model['unk_id'], 'model.unk_id');
    for (const [piece, place] of vocabulary) if (place === id) return piece;
    throw refuse('model.unk_id', `is ${id}, beyond the vocabulary`);
  }
  const token = model['unk_token'] ?? null;
  if (token === null && kind === 'BPE') return null;
  if (typeof token !== 'string' || !vocabulary.has(token)) {
    throw refuse('model.unk_token', `is ${show(token)}, which is not in the vocabulary`);
  }
  return token;
}

function readAddedTokens(value: unknown): readonly AddedToken[] {
  return listOf(value ?? [], 'added_tokens').map((entry, index) => {
    const token = fieldsOf(entry, `added_tokens[${index}]`);
    const content = token['content'];
    if (typeof content !== 'string' || content === '') {
      throw refuse(`added_tokens[${index}].content`, `is ${show(content)}, expected text`);
    }
    return {
      ...token,
      content,
      id: idOf(token['id'], `added_tokens[${index}].id`),
      special: token['special'] === true,
    };
  });
}

/**
 * Why: the library knows no bytes in Unigram, and in BPE keeps apart what the Rust library joins where an unknown letter
 * is left out.
 */
function requireFallback(
  kind: TokenizerKind,
  model: Fields,
  unknownToken: string | null,
  steps: readonly (Fields | null)[],
): void {
  const toBytes = model['byte_fallback'] === true;
  if (kind === 'Unigram' && toBytes)
    throw refuse('model.byte_fallback', 'is set, which Clipscope does not run in Unigram');
  if (kind !== 'BPE' || unknownToken !== null || toBytes) return;
  if (JSON.stringify(steps).includes('"ByteLevel"')) return;
  throw refuse('model.unk_token', 'is missing, and letters that the vocabulary lacks become no bytes');
}

/** A normalizer or pre-tokenizer. Patterns are checked: the library skips a bad one with only a warning. */
function readSteps(value: unknown, field: string): Fields | null {
  const step = optionalFields(value, field);
  if (step === null) return null;
  for (const list of ['normalizers', 'pretokenizers']) {
    if (!(list in step)) continue;
    listOf(step[list], `${field}.${list}`).forEach((inner, index) =>
      readSteps(inner, `${field}.${list}[${index}]`),
    );
  }
  if (step['type'] === 'Split' || step['type'] === 'Replace') {
    const { Regex, String } = fieldsOf(step['pattern'], `${field}.pattern`);
    if (typeof (Regex ?? String) !== 'string')
      throw refuse(`${field}.pattern`, 'has neither Regex nor String');
  }
  return step;
}

interface Wrapping {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** The ids that the post-processor puts around a single text. */
function readWrapping(processor: Fields | null, ids: ReadonlyMap<string, number>): Wrapping {
  switch (processor?.['type']) {
    case undefined:
    case 'ByteLevel':
      return { prefix: [], suffix: [] };
    case 'BertProcessing':
    case 'RobertaProcessing':
      return {
        prefix: [namedId(processor['cls'], 'post_processor.cls', ids)],
        suffix: [namedId(processor['sep'], 'post_processor.sep', ids)],
      };
    case 'TemplateProcessing':
      return readTemplate(processor, ids);
    case 'Sequence':
      return listOf(processor['processors'], 'post_processor.processors')
        .map((inner, index) => readWrapping(fieldsOf(inner, `post_processor.processors[${index}]`), ids))
        .reduce(
          (all, next) => ({
            prefix: [...next.prefix, ...all.prefix],
            suffix: [...all.suffix, ...next.suffix],
          }),
          { prefix: [], suffix: [] },
        );
    default:
      throw refuse('post_processor.type', `is ${show(processor?.['type'])}, which Clipscope does not run`);
  }
}

function readTemplate(processor: Fields, ids: ReadonlyMap<string, number>): Wrapping {
  const single = listOf(processor['single'], 'post_processor.single');
  const tokens = fieldsOf(processor['special_tokens'] ?? {}, 'post_processor.special_tokens');
  const pieces = single.map((entry, index) => {
    const field = `post_processor.single[${index}]`;
    const item = fieldsOf(entry, field);
    if ('Sequence' in item) return null;
    const name = fieldsOf(item['SpecialToken'], `${field}.SpecialToken`)['id'];
    if (typeof name !== 'string') throw refuse(`${field}.SpecialToken.id`, `is ${show(name)}, expected text`);
    const path = `post_processor.special_tokens[${JSON.stringify(name)}]`;
    const inner = listOf(fieldsOf(tokens[name], path)['ids'], `${path}.ids`);
    if (inner.length === 1) return [namedId([name, inner[0]], path, ids)];
    return inner.map((id) => idOf(id, `${path}.ids`));
  });
  const text = pieces.indexOf(null);
  if (text < 0 || pieces.lastIndexOf(null) !== text) {
    throw refuse('post_processor.single', 'must hold the text once');
  }
  return {
    prefix: pieces.slice(0, text).flatMap((piece) => piece ?? []),
    suffix: pieces.slice(text + 1).flatMap((piece) => piece ?? []),
  };
}

/** The id in `[name, id]`, which must agree with the vocabulary if it has the name. */
function namedId(value: unknown, field: string, ids: ReadonlyMap<string, number>): number {
  const [name, rawId] = listOf(value, field);
  const id = idOf(rawId, field);
  const known = typeof name === 'string' ? ids.get(name) : undefined;
  if (known !== undefined && known !== id) {
    throw refuse(field, `gives ${show(name)} the id ${id}, the vocabulary ${known}`);
  }
  return id;
}

function idOf(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw refuse(field, `is ${show(value)}, expected a token id`);
}

export function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw refuse(field, `is ${show(value)}, expected an object`);
}

function optionalFields(value: unknown, field: string): Fields | null {
  return value === undefined || value === null ? null : fieldsOf(value, field);
}

export function listOf(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw refuse(field, `is ${show(value)}, expected a list`);
}

export function textOf(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw refuse(field, `is ${show(value)}, expected text`);
}

/** The same, or an empty text. */
export function anyTextOf(value: unknown, field: string): string {
  return value === '' ? value : textOf(value, field);
}

/** The start of a value, for a message. */
export function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
}
