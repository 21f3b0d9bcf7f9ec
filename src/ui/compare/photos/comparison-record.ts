import type { Decoding, ModelSummary, RunsOn } from '../../../../workers/api';
import { entryOfRepository, SOURCES, type CatalogueEntry, type Source } from '../../../clip/catalogue';
import type { RankedLabel } from '../../../zeroshot/classifier';
import { answersOf } from './label-table';
import { questionText } from '../../search/question';
import type { Column, FirstRun } from './column.svelte';
import type { Comparison } from './comparison.svelte';
import type { ColumnChoice } from './column-choice';
import type { Costs } from './costs';
import type { PairAgreement } from './label-agreement';
import { listOverlaps, type ListOverlap } from './list-overlap';

/**
 * A comparison of models on photos, as data that JSON carries. Lists by model are in the order of `models`; pairs name
 * two of them by place.
 */
export interface ComparisonRecord {
  readonly kind: 'clipscope comparison';
  readonly version: 1;
  /** ISO 8601. */
  readonly saved: string;
  /** The browser's name for itself. */
  readonly browser: string;
  /** Number of photos in the library. */
  readonly photos: number;
  readonly models: readonly ComparedModel[];
  /** Undefined if nothing was asked. */
  readonly query?: ComparedQuery;
  /** Undefined if there were no labels, or fewer than two models had labelled. */
  readonly labels?: ComparedLabels;
}

/** One model of a comparison, and how it was run. */
export interface ComparedModel
  extends
    Pick<
      ModelSummary,
      'origin' | 'repository' | 'commit' | 'imageSize' | 'embedDim' | 'parameters' | 'bytes'
    >,
    Pick<ModelSummary, 'precision'> {
  /** As the page calls it. */
  readonly name: string;
  readonly choice: ColumnChoice;
  /** 32 hex digits that identify the image tower and its preprocessing. */
  readonly weights: string;
  readonly runsOn: RunsOn;
  /** How photos could be decoded for it; in earlier versions they were always decoded exactly. */
  readonly decoding?: Decoding;
  /** Number of photos with an embedding. */
  readonly embedded: number;
  readonly firstRun?: FirstRun;
  /** Undefined if not measured. */
  readonly costs?: Costs;
  /** Undefined if nothing is published of it, or it was not found by its repository. */
  readonly published?: PublishedFigures;
}

/** What was published of a model by others: not measured here. */
export interface PublishedFigures extends Pick<CatalogueEntry, 'downloadBytes'> {
  readonly accuracy?: { readonly imagenetTop1: number; readonly source: Source };
}

/** What each model found. */
export interface ComparedQuery {
  /** "for a dog", "like NAME". */
  readonly text: string;
  /** By model; null for one that has not answered. Descending by cosine. */
  readonly lists: readonly (readonly { readonly photo: string; readonly cosine: number }[] | null)[];
  readonly overlaps: readonly ListOverlap[];
}

/** How each model labelled. */
export interface ComparedLabels {
  readonly labels: readonly string[];
  readonly templates: readonly string[];
  /** Places of the models that labelled. */
  readonly models: readonly number[];
  /** The share of photos to which all gave the same first label, 0..1. */
  readonly allSame: number;
  /** Places are those in `models` of this object. */
  readonly pairs: readonly PairAgreement[];
  /** Those on which the models differ most first; `first` by model, descending. */
  readonly photos: readonly { readonly photo: string; readonly first: readonly (readonly RankedLabel[])[] }[];
}

/** Labels of each photo that are recorded. */
const FIRST_LABELS = 5;

/** What a comparison shows now, of the models that are open. @param saved ISO 8601 @param browser its name for itself */
export function recordOf(comparison: Comparison, saved: string, browser: string): ComparisonRecord {
  const columns = comparison.columns.filter(({ model }) => model);
  const query = queryOf(comparison, columns);
  const labels = labelsOf(comparison, columns);
  return {
    kind: 'clipscope comparison',
    version: 1,
    saved,
    browser,
    photos: comparison.parts.gallery.photos.list.length,
    models: columns.flatMap((column) => modelOf(comparison, column) ?? []),
    ...(query && { query }),
    ...(labels && { labels }),
  };
}

function modelOf(comparison: Comparison, column: Column): ComparedModel | undefined {
  const { choice, model, embedded, firstRun } = column;
  if (!model) return undefined;
  const { origin, repository, commit, imageSize, embedDim, parameters, bytes, precision } = model.summary;
  const costs = comparison.measurements.of(column);
  const published = publishedOf(repository);
  return {
    name: comparison.nameOf(choice),
    choice,
    weights: model.weights,
    runsOn: model.runsOn,
    decoding: model.decoding,
    embedded,
    origin,
    ...(repository !== undefined && { repository }),
    ...(commit !== undefined && { commit }),
    imageSize,
    embedDim,
    parameters,
    bytes,
    precision,
    ...(firstRun && { firstRun }),
    ...(costs && { costs }),
    ...(published && { published }),
  };
}

/** Undefined for a repository that is not in the catalogue. */
export function publishedOf(repository: string | undefined): PublishedFigures | undefined {
  const entry = repository === undefined ? undefined : entryOfRepository(repository);
  if (!entry) return undefined;
  const { downloadBytes, accuracy } = entry;
  if (!accuracy) return { downloadBytes };
  const { imagenetTop1, source } = accuracy;
  return { downloadBytes, accuracy: { imagenetTop1, source: SOURCES[source] } };
}

function queryOf(comparison: Comparison, columns: readonly Column[]): ComparedQuery | undefined {
  const { question, parts } = comparison;
  if (!question) return undefined;
  const lists = columns.map((column) => comparison.list(column)?.matches);
  const named = lists.map(
    (list) =>
      list?.flatMap(({ id, score }) => {
        const photo = parts.gallery.photos.get(id);
        return photo ? [{ photo: photo.path, cosine: score }] : [];
      }) ?? null,
  );
  const ids = lists.map((list) => list?.map(({ id }) => id));
  return { text: questionText(question), lists: named, overlaps: listOverlaps(ids) };
}

function labelsOf(comparison: Comparison, columns: readonly Column[]): ComparedLabels | undefined {
  const { agreement, parts } = comparison;
  if (!agreement) return undefined;
  const { labels, templates } = parts.labels;
  const answers = agreement.columns.map((column) => answersOf(comparison.table(column)));
  return {
    labels,
    templates: templates.templates,
    models: agreement.columns.map((column) => columns.indexOf(column)),
    allSame: agreement.labels.allSame,
    pairs: agreement.labels.pairs,
    photos: agreement.labels.photos.flatMap((id) => {
      const photo = parts.gallery.photos.get(id);
      if (!photo) return [];
      return [
        { photo: photo.path, first: answers.map((answer) => answer(id)?.slice(0, FIRST_LABELS) ?? []) },
      ];
    }),
  };
}
