import type { LoadedModel, ModelSummary } from '../../../../workers/api';
import { bytesText, percentText, plural, rateText } from '../../kit/words';
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
    line('One picture', ({ costs }) => costs && timesText(costs.single)),
    line('A picture of many', ({ costs }) => costs && bestText(costs.best)),
    line('From file to embedding', ({ costs }) => costs && rateText(costs.photosPerSecond)),
    line('A query', ({ costs }) => costs && timesText(costs.query)),
    line('First run', ({ firstRun }) => firstRun && firstRunText(firstRun)),
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
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 9.95 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** "24 ms (23 ms to 26 ms)": the median, and the middle half of the runs. */
export function timesText({ median, quartiles: [lower, upper] }: Times): string {
  return `${durationText(median)} (${durationText(lower)} to ${durationText(upper)})`;
}

function bestText(best: Costs['best']): string {
  return best.batch === 1 ? 'best by itself' : `${timesText(best)}, ${best.batch} at once`;
}

function firstRunText({ opening, pictures }: FirstRun): string {
  const first = pictures && `${plural(pictures.count, 'picture')} in ${durationText(pictures.milliseconds)}`;
  return [`opened in ${durationText(opening)}`, first && `first ${first}`].filter(Boolean).join(', ');
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
