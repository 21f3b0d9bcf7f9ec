import { CHECKPOINT_FILES, textFiles } from '../../src/clip/checkpoint-files';
import { readArchitecture } from '../../src/clip/architecture';
import { parseJson } from '../../src/clip/checkpoint';
import { PRECISIONS } from '../../src/clip/weights/weights';
import { property } from '../../src/core/json';
import { Failure } from '../../src/core/failure';
import { sha256Hex } from '../../src/core/hex';
import type { Connection } from '../../src/hub/connection';
import { findTokenizer, type TokenizerTexts } from './find-tokenizer';
import { keptId } from './kept-id';
import type { FetchRequest, RemoteSource } from '../models-api';
import { hubOf, measure, readRemote, type RemoteWeights } from './remote-checkpoint';

/** All that a download needs to go on, on whatever visit: only the bytes of the weights are still to come. */
export interface DownloadPlan {
  readonly form: typeof FORM;
  readonly request: Omit<FetchRequest, 'tokenizer'>;
  readonly commit?: string;
  readonly licence?: string;
  readonly weights: RemoteWeights;
  readonly config: string;
  readonly tokenizer: string;
  readonly tokenizerConfig?: string;
}

/** Plans of another form are not read. */
const FORM = 1;

/** The id of the download and of the model that it becomes: one for each source and precision. */
export async function idOf({ source, name, precision }: Omit<FetchRequest, 'tokenizer'>): Promise<string> {
  const place =
    source.kind === 'hub'
      ? [source.hub, source.repository.toLowerCase(), source.revision ?? '']
      : [source.url];
  const key = new TextEncoder().encode(JSON.stringify([source.kind, ...place, precision]));
  return keptId(name, await sha256Hex(key));
}

/** Asks the source for everything but the weights. @throws TokenizerMissing, and what `readRemote` throws */
export async function makePlan(request: FetchRequest, connection: Connection): Promise<DownloadPlan> {
  const { source, name, precision } = request;
  const { config, weights, commit, licence, ...brought } = await readRemote(source, connection);
  const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
  const tokenizer = request.tokenizer
    ? { tokenizer: await request.tokenizer.text() }
    : await broughtTokenizer();
  return {
    form: FORM,
    request: { source, name, precision },
    ...(commit !== undefined && { commit }),
    ...(licence !== undefined && { licence }),
    weights,
    config,
    ...tokenizer,
  };

  async function broughtTokenizer(): Promise<TokenizerTexts> {
    if (!brought.tokenizer) return findTokenizer(architecture, config, hubOf(source), connection);
    const tokenizerConfig = await brought.tokenizerConfig?.text();
    return {
      tokenizer: await brought.tokenizer.text(),
      ...(tokenizerConfig !== undefined && { tokenizerConfig }),
    };
  }
}

/**
 * Whether a plain server still has the file that the plan was made for, as far as it tells. A hub's file is named by its
 * commit and cannot change.
 * @throws RevisionChanged, and what `connection.fetch` throws
 */
export async function requireUnchanged(
  { request, weights }: DownloadPlan,
  connection: Connection,
): Promise<void> {
  if (request.source.kind === 'hub') return;
  const now = await measure(weights.url, connection);
  if (now.byteLength === weights.byteLength && now.modified === weights.modified) return;
  throw new Failure('RevisionChanged', `The file ${weights.url} was changed since the download began.`);
}

/** The small files of the model, under the names they are kept by. */
export function textsOf({ config, tokenizer, tokenizerConfig }: DownloadPlan) {
  return textFiles(config, tokenizer, tokenizerConfig);
}

/** Reads a plan back, field by field; undefined where it is none. */
export function readPlan(json: unknown): DownloadPlan | undefined {
  const plan = json as DownloadPlan;
  const texts = [property(json, 'config'), property(json, 'tokenizer')];
  const options = ['commit', 'licence', 'tokenizerConfig'].map((key) => property(json, key));
  const isPlan =
    property(json, 'form') === FORM &&
    isRequest(property(json, 'request')) &&
    isWeights(property(json, 'weights')) &&
    texts.every((text) => typeof text === 'string') &&
    options.every(isOptionalText);
  return isPlan ? plan : undefined;
}

function isRequest(value: unknown): boolean {
  return (
    isSource(property(value, 'source')) &&
    typeof property(value, 'name') === 'string' &&
    PRECISIONS.some((precision) => precision === property(value, 'precision'))
  );
}

function isSource(value: unknown): value is RemoteSource {
  if (property(value, 'kind') === 'folder') return typeof property(value, 'url') === 'string';
  return (
    property(value, 'kind') === 'hub' &&
    typeof property(value, 'hub') === 'string' &&
    typeof property(value, 'repository') === 'string' &&
    isOptionalText(property(value, 'revision'))
  );
}

function isWeights(value: unknown): value is RemoteWeights {
  const byteLength = property(value, 'byteLength');
  return (
    typeof property(value, 'url') === 'string' &&
    typeof byteLength === 'number' &&
    Number.isSafeInteger(byteLength) &&
    byteLength >= 0 &&
    isOptionalText(property(value, 'sha256')) &&
    isOptionalText(property(value, 'gitBlob')) &&
    isOptionalText(property(value, 'modified'))
  );
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
