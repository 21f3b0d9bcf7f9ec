import type { LoadedModel, ModelSummary } from '../../../../workers/api';
import { bytesText, percentText, rateText } from '../../kit/words';
import type { FirstRun } from './column.svelte';
import type { PublishedFigures } from './comparison-record';
import type { Costs, Times } from './costs';

/** One line of a spec sheet: a text by model; undefined where it is not known. */
export interface CostLine {
  readonly title: string;
  readonly texts: readonly (string | undefined)[];
}

/** What is known of one model. */
export interface CostFacts {
  readonly model: LoadedModel;
  readonly firstRun: FirstRun | undefined;
  /** Undefined if not measured. */
  readonly costs: Costs | undefined;
  /** Undefined if it is not in the catalogue. */
  readonly published: PublishedFigures | undefined;
}

/** The lines of the spec sheet that say something of at least one model. */
export function costLines(models: readonly CostFacts[]): CostLine[] {
  const line = (title: string, text: (facts: CostFacts) => string | undefined): CostLine => ({
    title,
    texts: models.map(text),
  });
  return [
    line('A picture alone', ({ costs }) => costs && timesText(costs.single)),
    line('A picture of a batch', ({ costs }) => costs && bestText(costs.best)),
    line('From file to embedding', ({ costs }) => costs && rateText(costs.photosPerSecond)),
    line('A query', ({ costs }) => costs && timesText(costs.query)),
    line('Opening', ({ firstRun }) => firstRun && durationText(firstRun.opening)),
    line('First pictures', ({ firstRun }) => firstRun?.pictures && firstText(firstRun.pictures)),
    line('Weights', ({ model }) => weightsText(model.summary)),
    line('Download', ({ model, published }) => downloadText(model.summary, published)),
    line('On disk', ({ model }) => bytesText(model.summary.bytes)),
    line('WASM memory', ({ costs }) => costs && bytesText(costs.wasmBytes)),
    line('On the GPU, estimated', ({ model }) => gpuText(model)),
    line('ImageNet, published', ({ published }) => {
      const top1 = published?.accuracy?.imagenetTop1;
      return top1 === undefined ? undefined : percentText(top1);
    }),
  ].filter(({ texts }) => texts.some((text) => text !== undefined));
}

/** "8.4 ms", "120 ms", "1.2 s". */
export function durationText(milliseconds: number): string {
  const unit = unitOf(milliseconds);
  return `${inUnit(milliseconds, unit)} ${unit}`;
}

/** "24 ms (23–26)": the median, and the middle half of the runs. */
export function timesText({ median, quartiles }: Times): string {
  const unit = unitOf(median);
  return `${durationText(median)} (${quartiles.map((each) => inUnit(each, unit)).join('–')})`;
}

function unitOf(milliseconds: number): 'ms' | 's' {
  return milliseconds >= 999.5 ? 's' : 'ms';
}

function inUnit(milliseconds: number, unit: 'ms' | 's'): string {
  if (unit === 's') return (milliseconds / 1000).toFixed(1);
  return milliseconds < 9.95 ? milliseconds.toFixed(1) : String(Math.round(milliseconds));
}

function bestText(best: Costs['best']): string {
  return best.batch === 1 ? 'no faster' : `${timesText(best)}, ${best.batch} at once`;
}

function firstText({ count, milliseconds }: NonNullable<FirstRun['pictures']>): string {
  return `${count} in ${durationText(milliseconds)}`;
}

function weightsText({ parameters }: ModelSummary): string {
  return `${((parameters.image + parameters.text) / 1e6).toFixed(1)} M`;
}

function downloadText(
  { origin, bytes }: ModelSummary,
  published: PublishedFigures | undefined,
): string | undefined {
  if (origin === 'built-in') return `${bytesText(bytes)}, with the page`;
  return published && `${bytesText(published.downloadBytes)}, by the catalogue`;
}

/** Half the bytes that are kept in half precision are as many again where the GPU computes in full. */
function gpuText({ summary, runsOn }: LoadedModel): string | undefined {
  if (runsOn.backend !== 'webgpu') return undefined;
  const isWidened = summary.precision === 'fp16-storage' && runsOn.arithmetic === 'fp32';
  return `about ${bytesText(summary.bytes * (isWidened ? 2 : 1))}`;
}
