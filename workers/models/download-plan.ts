import { CHECKPOINT_FILES, readSmallFile, textFiles } from '../../src/clip/checkpoint-files';
import { readArchitecture } from '../../src/clip/architecture';
import { parseJson } from '../../src/clip/parse-json';
import { Failure } from '../../src/core/failure';
import { sha256Hex } from '../../src/core/hex';
import type { TokenizerTexts } from '../../src/engine/open-tokenizer';
import type { Connection } from '../../src/hub/connection';
import { findTokenizer, type TokenizerPlaces } from './find-tokenizer';
import type { FetchRequest } from '../models-api';
import { filesOf, FORM, type DownloadPlan, type PlannedRequest } from './download-record';
import { keptId } from './kept-id';
import { hubOf, measure, readRemote } from './remote-checkpoint';

/** The id of the download and of its model: one for each source and precision. */
export async function idOf({ source, name, precision }: PlannedRequest): Promise<string> {
  const place =
    source.kind === 'hub'
      ? [source.hub, source.repository.toLowerCase(), source.revision ?? '', ...withinOf(source)]
      : [source.url];
  const key = new TextEncoder().encode(JSON.stringify([source.kind, ...place, precision]));
  return keptId(name, await sha256Hex(key));
}

/** What tells a source from its repository: nothing for most, so that their ids stay as they were. */
function withinOf({ folder, weights }: Extract<PlannedRequest['source'], { kind: 'hub' }>): string[] {
  return folder === undefined && weights === undefined ? [] : [folder ?? '', weights ?? ''];
}

/** Fetches everything but the weights from the source. @throws TokenizerMissing, and what `readRemote` throws */
export async function makePlan(request: FetchRequest, places: TokenizerPlaces): Promise<DownloadPlan> {
  const { connection } = places;
  const { source, name, precision } = request;
  const { config, weights, commit, licence, ...brought } = await readRemote(source, connection);
  const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
  const tokenizer = request.tokenizer
    ? { tokenizer: await readSmallFile('tokenizer', request.tokenizer) }
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
    if (!brought.tokenizer) return findTokenizer(places, architecture, config, hubOf(source));
    const tokenizerConfig = await brought.tokenizerConfig?.text();
    return {
      tokenizer: await brought.tokenizer.text(),
      ...(tokenizerConfig !== undefined && { tokenizerConfig }),
    };
  }
}

/**
 * Checks that a plain server still has the file the plan was made for, as far as its headers show. A hub file is
 * addressed by commit and cannot change.
 * @throws RevisionChanged, and what `connection.fetch` throws
 */
export async function requireUnchanged(
  { request, weights }: DownloadPlan,
  connection: Connection,
): Promise<void> {
  if (request.source.kind === 'hub') return;
  for (const { url, byteLength, modified } of filesOf(weights)) {
    const now = await measure(url, connection);
    if (now.byteLength === byteLength && now.modified === modified) continue;
    throw new Failure('RevisionChanged', `The file ${url} was changed since the download began.`);
  }
}

/** The small files of the model, by stored name. */
export function textsOf({ config, tokenizer, tokenizerConfig }: DownloadPlan) {
  return textFiles(config, tokenizer, tokenizerConfig);
}
