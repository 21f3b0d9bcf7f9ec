import * as Plot from '@observablehq/plot';
import { predict } from '../../../evaluation/power-law';
import type { FamilyLaw } from './laws';
import type { ScalingPoint } from './points';
import type { Against } from './scaling.svelte';
import { pointText, powerText, savingText } from './words';

/** What is drawn. */
export interface Drawing {
  readonly points: readonly ScalingPoint[];
  readonly laws: readonly FamilyLaw[];
  readonly against: Against;
  /** Every model of the data set, hidden ones too: each keeps its colour. */
  readonly models: readonly string[];
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What stands for each training set, as in the paper. */
export const SYMBOLS: Readonly<Record<string, Plot.SymbolType>> = {
  'LAION-80M': 'triangle',
  'LAION-400M': 'circle',
  'LAION-2B': 'square',
  'CLIP-WIT': 'star',
  drawings: 'circle',
  measured: 'diamond',
};

/** Below this width, lines have their name alone. */
const NARROW = 560;

const ERRORS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** The colour of a model, by its place among all: from pale to strong with their size. */
export function colourOf(place: number): string {
  return `var(--size-${Math.min(Math.max(place, 0), 4) + 1})`;
}

/** How far a law's line goes past its points, in powers of ten. */
const PAST = 0.35;

const POINTS = 'points';

/** Draws errors against compute or time, both logarithmic. Every point is named and can be focused. */
export function draw({ points, laws, against, models, width, height }: Drawing): SVGSVGElement {
  const isNarrow = width < NARROW;
  const ends = laws.map((law) => ({ law, x: law.to * 10 ** PAST, y: predict(law, law.to * 10 ** PAST) }));
  const starts = laws.map((law) => ({ law, x: law.from, y: predict(law, law.from) }));
  const errors = [...points.map(({ error }) => error), ...[...starts, ...ends].map(({ y }) => y)];
  const [low, high] = [Math.min(...errors) * 0.92, Math.min(1, Math.max(...errors) * 1.08)];
  const plot = Plot.plot({
    width,
    height,
    marginLeft: 44,
    marginBottom: 40,
    marginRight: 16,
    style: { fontFamily: 'inherit', fontSize: '12px', background: 'transparent', color: 'var(--ink-quiet)' },
    x: {
      type: 'log',
      label:
        against === 'compute' ? 'GMACs a sample × samples seen →' : 'Milliseconds a picture on this device →',
      ...(against === 'compute' && { tickFormat: powerText }),
      ...(isNarrow && { ticks: 4 }),
      nice: points.length === 0,
      inset: 12,
    },
    y: {
      type: 'log',
      domain: [low, high],
      ticks: ERRORS.filter((error) => error >= low && error <= high),
      tickFormat: (error: number) => `${Math.round(error * 100)}%`,
      label: '↑ Error',
      grid: true,
    },
    symbol: { domain: Object.keys(SYMBOLS), range: Object.values(SYMBOLS) },
    marks: [
      ...laws.map((law, at) =>
        Plot.line([starts[at]!, ends[at]!], {
          x: 'x',
          y: 'y',
          stroke: 'var(--ink-quiet)',
          strokeWidth: 1.2,
          strokeDasharray: law.family === 'OpenCLIP' ? 'none' : '5 4',
        }),
      ),
      Plot.text(ends, {
        x: 'x',
        y: 'y',
        text: ({ law }: { law: FamilyLaw }) => (isNarrow ? law.family : `${law.family}: ${savingText(law)}`),
        textAnchor: 'end',
        // Below the line, which falls.
        dy: 16,
        fill: 'var(--ink)',
        stroke: 'var(--table)',
        strokeWidth: 4,
      }),
      Plot.dot(points, {
        x: against,
        y: 'error',
        symbol: 'data',
        r: 4.5,
        sort: null,
        fill: ({ model }: ScalingPoint) => colourOf(models.indexOf(model)),
        stroke: 'var(--table)',
        strokeWidth: 0.8,
        ariaLabel: pointText,
        className: POINTS,
      }),
    ],
  }) as SVGSVGElement;
  nameAll(plot, points.length);
  return plot;
}

/** Makes every point one that can be focused: the first by the Tab key, the others by the arrows. */
function nameAll(plot: SVGSVGElement, count: number): void {
  plot.setAttribute('role', 'group');
  // Plot names the parts for people who style them; to a screen reader they say nothing.
  for (const part of plot.querySelectorAll('g')) part.removeAttribute('aria-label');
  const found = pointsIn(plot);
  if (found.length !== count) throw new Error(`${found.length} points of ${count} were drawn`);
  for (const [at, point] of found.entries()) {
    point.setAttribute('role', 'img');
    point.setAttribute('tabindex', at === 0 ? '0' : '-1');
  }
}

/** The points of a plot, in the order in which they were given. */
export function pointsIn(plot: SVGSVGElement): SVGElement[] {
  return [...plot.querySelectorAll<SVGElement>(`.${POINTS} > *`)];
}
