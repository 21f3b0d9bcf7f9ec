import budgets from '../../../../training/results/budgets.json' with { type: 'json' };
import trained from '../../../../training/results/models.json' with { type: 'json' };
import { CATALOGUE, entryOfRepository, findEntry, type CatalogueEntry } from '../../../clip/catalogue';
import type { EvaluationResult } from '../../../evaluation/results';
import type { Timing } from '../records.svelte';
import paper from './paper-points.json' with { type: 'json' };

/** Whose models they are. */
export type Family = 'OpenCLIP' | 'OpenAI' | 'Built in' | 'This device';

/** A model, trained with so much compute, that makes so many errors. */
export interface ScalingPoint {
  readonly family: Family;
  /** Its architecture: "ViT-B-32". */
  readonly model: string;
  /** What it was trained on: "LAION-2B". */
  readonly data: string;
  /** Samples it saw in training; undefined if unknown. */
  readonly samplesSeen: number | undefined;
  /** GMACs of one sample by samples seen; undefined if unknown. */
  readonly compute: number | undefined;
  /** A fraction, greater than 0. */
  readonly error: number;
  /** Of one picture on this device; undefined if not measured. */
  readonly milliseconds: number | undefined;
  /** Its checkpoint in the catalogue; undefined if it has none. */
  readonly entry?: CatalogueEntry | undefined;
}

/** What this device has measured. */
export interface Measured {
  readonly timings: readonly Timing[];
  readonly results: readonly EvaluationResult[];
}

/** By CLIP_benchmark's names, and the drawings that the built-in models are measured by. */
export type ScalingSet = keyof (typeof paper.models)[number]['accuracy'] | 'drawings';

/** What errors are counted on, in the order of their buttons. */
export const SETS: readonly { readonly id: ScalingSet; readonly title: string; readonly error: string }[] = [
  { id: 'imagenet1k', title: 'ImageNet', error: 'pictures named wrong' },
  {
    id: 'imagenet_robustness',
    title: 'Robustness',
    error: 'pictures named wrong, mean of five variants of ImageNet',
  },
  { id: 'flickr30k', title: 'Flickr30k', error: 'captions whose picture is not among the first 5' },
  { id: 'mscoco_captions', title: 'COCO', error: 'captions whose picture is not among the first 5' },
  { id: 'country211', title: 'Country211', error: 'photos whose country is named wrong' },
  { id: 'vtab+', title: 'VTAB+', error: 'pictures named wrong, mean of 35 data sets' },
  {
    id: 'drawings',
    title: 'Drawings',
    error: 'drawings of unseen styles named wrong, by the built-in models',
  },
];

/**
 * The points of a data set: published ones and those of the built-in models' training, with the time of those that this
 * device has timed, and what it has measured itself.
 */
export function pointsOf(set: ScalingSet, measured: Measured): readonly ScalingPoint[] {
  return set === 'drawings' ? builtIn(measured) : [...published(set, measured), ...evaluated(set, measured)];
}

/** The family of the paper's own checkpoints in the catalogue. */
const PAPER = 'Scaling laws paper';

type PublishedSet = Exclude<ScalingSet, 'drawings'>;

function published(set: PublishedSet, { timings }: Measured): ScalingPoint[] {
  return paper.models.map(({ model, data, samplesSeen, published: id, gmacs, accuracy }) => {
    const own = CATALOGUE.find(
      ({ family, architecture, training }) =>
        family === PAPER &&
        architecture === model &&
        training.samplesSeen === samplesSeen &&
        training.data.startsWith(data),
    );
    const entry = own ?? (id === null ? undefined : findEntry(id));
    const ids = [id, own?.id];
    const timing = timings.find((one) => ids.includes(idOf(one) ?? ''));
    return {
      entry,
      ...{ family: data === 'CLIP-WIT' ? 'OpenAI' : 'OpenCLIP', model, data, samplesSeen },
      ...{ compute: gmacs, error: 1 - accuracy[set], milliseconds: timing?.milliseconds },
    };
  });
}

/** What this device has measured on the data set. */
function evaluated(set: PublishedSet, { results, timings }: Measured): ScalingPoint[] {
  return results.flatMap(({ dataset, model, pretrained, metrics }) => {
    const accuracy = metrics.acc1 ?? metrics['image_retrieval_recall@5'];
    if (dataset.replace(/^wds\//, '') !== set || typeof accuracy !== 'number' || accuracy >= 1) return [];
    const id = `${model}:${pretrained}`;
    const same = paper.models.find((one) => one.published === id);
    const timing = timings.find((one) => idOf(one) === id || one.name === model);
    return {
      ...{ family: 'This device', model, data: 'measured', samplesSeen: same?.samplesSeen },
      ...{ compute: same?.gmacs, error: 1 - accuracy, milliseconds: timing?.milliseconds },
    };
  });
}

/** OpenCLIP's name and tag of a timed model; undefined if it has none. */
function idOf({ repository }: Timing): string | undefined {
  return repository === undefined ? undefined : entryOfRepository(repository)?.id;
}

/** Every budget that the recipe of the built-in models was tried with. Those that are built in can be timed. */
function builtIn({ timings }: Measured): ScalingPoint[] {
  return budgets.map(({ size, budget, macs, unseen }) => {
    const model = `clipscope-${size}`;
    const isBuiltIn = trained[model as keyof typeof trained].macs === macs;
    const timing = isBuiltIn ? timings.find(({ name }) => name === model) : undefined;
    const top1 = Object.values(unseen).map(([first]) => first!);
    return {
      ...{ family: 'Built in', model, data: 'drawings', samplesSeen: budget, compute: macs / 1e9 },
      error: 1 - top1.reduce((sum, value) => sum + value, 0) / top1.length,
      milliseconds: timing?.milliseconds,
    };
  });
}

/** The points that no cheaper one betters. */
export function frontier(points: readonly ScalingPoint[]): readonly ScalingPoint[] {
  let best = Infinity;
  return points
    .filter(({ compute }) => compute !== undefined)
    .toSorted((a, b) => a.compute! - b.compute!)
    .filter(({ error }) => {
      const isBetter = error < best;
      best = Math.min(best, error);
      return isBetter;
    });
}
