import type { ReportTable } from '../../../evaluation/report';
import { percentText, plural, scoreText } from '../../kit/words';
import { DECODING_NAMES, imageSizeText, PRECISION_NAMES, runsOnText } from '../../models/model-words';
import type { ComparedLabels, ComparedQuery, ComparisonRecord } from './comparison-record';
import { costLines, type CostFacts } from './cost-words';

/** Photos whose labels are told. */
const MOST_PHOTOS = 100;

/**
 * A comparison as tables for a report: the models with what each costs, what each found, how each labelled.
 * @param facts of each model, in the record's order
 */
export function comparisonTables(record: ComparisonRecord, facts: readonly CostFacts[]): ReportTable[] {
  if (record.models.length === 0) return [];
  const names = record.models.map(({ name }) => name);
  const { query, labels } = record;
  return [
    modelsTable(record, names, facts),
    ...(query ? [queryTable(query, names)] : []),
    ...(labels ? [labelsTable(labels, names)] : []),
  ];
}

function modelsTable(
  { models, photos }: ComparisonRecord,
  names: readonly string[],
  facts: readonly CostFacts[],
): ReportTable {
  const costs = costLines(facts).map(({ title, texts }) => [title, ...texts.map((text) => text ?? null)]);
  return {
    title: 'Models',
    note: `Compared on ${plural(photos, 'photo')}.`,
    head: ['', ...names],
    rows: [
      ['Runs on', ...models.map(({ runsOn }) => runsOnText(runsOn))],
      ['Precision', ...models.map(({ precision }) => PRECISION_NAMES[precision])],
      ['Photos read', ...models.map(({ decoding }) => DECODING_NAMES[decoding ?? 'exact'])],
      ['Picture size', ...models.map(({ imageSize }) => imageSizeText(imageSize))],
      ['From', ...models.map(({ origin, repository }) => repository ?? origin)],
      ['Revision', ...models.map(({ commit }) => commit ?? null)],
      ['Hash of the weights', ...models.map(({ weights }) => weights)],
      ['Photos embedded', ...models.map(({ embedded }) => embedded)],
      ...costs,
    ],
  };
}

function queryTable({ text, lists }: ComparedQuery, names: readonly string[]): ReportTable {
  const longest = Math.max(0, ...lists.map((list) => list?.length ?? 0));
  const cell = (list: ComparedQuery['lists'][number], rank: number) => {
    const found = list?.[rank];
    return found ? `${found.photo} ${scoreText(found.cosine)}` : null;
  };
  return {
    title: `What each finds ${text}`,
    head: ['Rank', ...names],
    rows: Array.from({ length: longest }, (_, rank) => [rank + 1, ...lists.map((list) => cell(list, rank))]),
  };
}

function labelsTable(
  { labels, models, allSame, photos }: ComparedLabels,
  names: readonly string[],
): ReportTable {
  const labelling = models.map((at) => names[at] ?? '');
  const best = (first: (typeof photos)[number]['first'][number]) =>
    first[0] ? `${first[0].label} ${percentText(first[0].probability)}` : null;
  return {
    title: 'How each labels',
    note:
      `With ${plural(labels.length, 'label')}, all give the same first label to ${percentText(allSame)} of the photos; ` +
      `those on which they differ most come first.`,
    head: ['Photo', ...labelling],
    rows: photos.slice(0, MOST_PHOTOS).map(({ photo, first }) => [photo, ...first.map(best)]),
  };
}
