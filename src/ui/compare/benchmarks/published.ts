import type { Metrics } from '../../../evaluation/results';
import { entryOfRepository } from '../../../clip/catalogue';
import data from './published.json';

/** What others measured of one model on one data set. */
export interface PublishedFigure {
  /** The model's, for people. */
  readonly name: string;
  /** `owner/name` of the model on the hub. */
  readonly repository: string;
  readonly metrics: Metrics;
}

const FIGURES = data.figures as unknown as Readonly<Record<string, Readonly<Record<string, Metrics>>>>;
const SOURCES: Readonly<Record<string, string>> = data.sources;
const NAMES: Readonly<Record<string, string>> = data.names;

/** The published figures on a data set, by CLIP_benchmark's name of it, in the catalogue's order. */
export function publishedOn(dataset: string): readonly PublishedFigure[] {
  return Object.entries(FIGURES[dataset] ?? {}).map(([repository, metrics]) => ({
    name: NAMES[repository] ?? entryOfRepository(repository)?.name ?? repository,
    repository,
    metrics,
  }));
}

/** Where they were published; undefined if there are none. */
export function sourceOf(dataset: string): string | undefined {
  return SOURCES[dataset];
}
