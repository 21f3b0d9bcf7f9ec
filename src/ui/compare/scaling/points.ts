import budgets from '../../../../training/results/budgets.json' with { type: 'json' };
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
}

/** What this device has measured of a model. */
export interface MeasuredPoint {
  readonly set: ScalingSet;
  /** The model's name. */
  readonly name: string;
  /** As in `ScalingPoint`. */
  readonly compute?: number | undefined;
  readonly error: number;
  readonly milliseconds?: number | undefined;
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

/** The points of a data set: published ones, those of the built-in models' training, and what this device measured. */
export function pointsOf(set: ScalingSet, measured: readonly MeasuredPoint[]): readonly ScalingPoint[] {
  const own = measured
    .filter((point) => point.set === set)
    .map(({ name, compute, error, milliseconds }): ScalingPoint => ({
      ...{ family: 'This device', model: name, data: 'measured', samplesSeen: undefined },
      ...{ compute, error, milliseconds },
    }));
  return [...(set === 'drawings' ? builtIn() : published(set)), ...own];
}

function published(set: Exclude<ScalingSet, 'drawings'>): ScalingPoint[] {
  return paper.models.map(({ model, data, samplesSeen, gmacs, accuracy }) => ({
    family: data === 'CLIP-WIT' ? 'OpenAI' : 'OpenCLIP',
    ...{ model, data, samplesSeen, compute: gmacs, error: 1 - accuracy[set], milliseconds: undefined },
  }));
}

/** Every budget that the recipe of the built-in models was tried with. */
function builtIn(): ScalingPoint[] {
  return budgets.map(({ size, budget, macs, unseen }) => {
    const top1 = Object.values(unseen).map(([first]) => first!);
    return {
      ...{ family: 'Built in', model: `clipscope-${size}`, data: 'drawings', samplesSeen: budget },
      ...{ compute: macs / 1e9, error: 1 - top1.reduce((sum, value) => sum + value, 0) / top1.length },
      milliseconds: undefined,
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
