import { grouped } from '../../src/core/digits';
import { Failure } from '../../src/core/failure';
import { slices } from '../../src/core/slices';
import type { DataFiles } from '../../src/datasets/data-files';
import { rowFilesIn } from '../../src/exchange/layout';
import { modelNamed } from '../../src/exchange/provenance';
import { PATH_COLUMN } from '../../src/exchange/rows';
import { TextColumn } from '../../src/exchange/text-column';
import { SplitIndex } from '../../src/search/split-index';
import type { ExchangeApi, FoundRow, OpenedEmbeddings } from '../exchange-api';
import { givenFiles } from '../evaluation/given-files';
import { openRows, type RowSource } from './read-rows';

/** The columns that are shown, by what they are called in the field. */
const SHOWN = [
  [PATH_COLUMN.name, 'path'],
  ['caption', 'caption'],
  ['url', 'url'],
] as const;

type Texts = Partial<Record<(typeof SHOWN)[number][1], TextColumn>>;

interface Opened {
  readonly index: SplitIndex;
  readonly texts: Texts;
}

/** The worker's API. One set of embeddings is open at a time. */
export function createExchange(): ExchangeApi {
  let opened: Opened | undefined;
  return {
    async openEmbeddings(given, onProgress, read) {
      // First, so that two are never in memory.
      opened = undefined;
      const result = await openForeign(givenFiles(given, read), onProgress);
      opened = result.opened;
      return result.summary;
    },
    async searchEmbeddings(query, k) {
      if (!opened) throw new Failure('EmbeddingsUnclear', 'No embeddings are open.');
      const { index, texts } = opened;
      if (query.length !== index.dim) {
        const message = `These embeddings have ${grouped(index.dim)} numbers each, those of the model ${grouped(query.length)}.`;
        throw new Failure('EmbeddingsMismatch', message);
      }
      return index.topK(query, k).map(({ id, score }): FoundRow => {
        const found: { -readonly [Key in keyof FoundRow]: FoundRow[Key] } = { row: id, score };
        for (const [, key] of SHOWN) {
          const text = texts[key]?.at(id);
          if (text !== undefined) found[key] = text;
        }
        return found;
      });
    },
  };
}

async function openForeign(
  files: DataFiles,
  onProgress: (done: number, total: number) => void,
): Promise<{ opened: Opened; summary: OpenedEmbeddings }> {
  const parts = rowFilesIn(files.files.map(({ path }) => path));
  if (parts.length === 0)
    throw new Failure('EmbeddingsUnclear', `${files.name} holds no embeddings in a form that is known.`);
  let done = 0;
  const sources: RowSource[] = [];
  for (const part of parts) sources.push(await openRows(files, part, (bytes) => (done += bytes)));
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  if (rows === 0) throw new Failure('EmbeddingsUnclear', `${files.name} holds no rows.`);
  const total = await bytesOf(files, parts);
  const pause = slices({ onProgress }, '');
  let index: SplitIndex | undefined;
  for (const [at, source] of sources.entries()) {
    for await (const { dim, halves } of source.read()) {
      await pause(done, total);
      try {
        index ??= new SplitIndex(dim, rows);
        if (dim !== index.dim)
          throw new Failure('EmbeddingsMismatch', differing(parts[at]!.embeddings, dim, index.dim));
        index.add(halves);
      } catch (error) {
        throw asFailure(error, rows, dim);
      }
    }
  }
  const texts = await textsOf(sources, rows);
  const model = sources.map(({ metadata }) => metadata && modelNamed(metadata.footer)).find(Boolean);
  const nameless = sources.reduce((sum, source) => sum + (source.metadata ? 0 : source.rows), 0);
  const bytes = index!.bytes + Object.values(texts).reduce((sum, column) => sum + column.bytes, 0);
  const { dim, scaled, unusable } = index!;
  const summary = { name: files.name, rows, dim, scaled, unusable, nameless, bytes };
  return { opened: { index: index!, texts }, summary: { ...summary, ...(model !== undefined && { model }) } };
}

/** What is shown of the rows, for the columns that any source has. */
async function textsOf(sources: readonly RowSource[], rows: number): Promise<Texts> {
  const texts: Texts = {};
  for (const [name, key] of SHOWN) {
    if (!sources.some(({ metadata }) => metadata?.texts.includes(name))) continue;
    const column = new TextColumn(rows);
    for (const { metadata, rows: own } of sources) {
      if (metadata?.texts.includes(name)) await metadata.readTexts(name, column);
      else column.add(Array.from({ length: own }, () => undefined));
    }
    texts[key] = column;
  }
  return texts;
}

async function bytesOf(files: DataFiles, parts: ReturnType<typeof rowFilesIn>): Promise<number> {
  const paths = new Set(parts.map(({ embeddings }) => embeddings));
  const own = files.files.filter(({ path }) => paths.has(path));
  const sources = await Promise.all(own.map((file) => file.open()));
  return sources.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function differing(path: string, dim: number, before: number): string {
  return `${path} has rows of ${grouped(dim)} numbers, those before have ${grouped(before)}.`;
}

/** A browser says by a RangeError that it has no more memory. */
function asFailure(error: unknown, rows: number, dim: number): unknown {
  if (!(error instanceof RangeError)) return error;
  const message = `There is not enough memory for ${grouped(rows)} rows of ${grouped(dim)} numbers.`;
  return new Failure('OutOfMemory', message, { cause: error });
}
