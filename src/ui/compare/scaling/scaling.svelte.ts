import { writeCsv } from '../../../core/csv';
import type { SavedFile } from '../../../../workers/models-api';
import type { CompareParts } from '../view';
import { lawsOf, type FamilyLaw } from './laws';
import { pointsOf, SETS, type Family, type ScalingPoint, type ScalingSet } from './points';

/** What errors are drawn against. */
export type Against = 'compute' | 'milliseconds';

const TOPIC = 'scaling';

/** What the scaling view shows. */
export class Scaling {
  set = $state<ScalingSet>('imagenet1k');
  against = $state<Against>('compute');
  #hidden = $state.raw<ReadonlySet<string>>(new Set());

  readonly #parts: Pick<CompareParts, 'handOver' | 'records' | 'notices'>;

  constructor(parts: Pick<CompareParts, 'handOver' | 'records' | 'notices'>) {
    this.#parts = parts;
  }

  /** All of the data set. */
  readonly points: readonly ScalingPoint[] = $derived.by(() => pointsOf(this.set, this.#parts.records));

  readonly laws: readonly FamilyLaw[] = $derived(lawsOf(this.points));

  readonly families: readonly Family[] = $derived([...new Set(this.points.map(({ family }) => family))]);

  /** Published architectures and built-in sizes, smallest first. */
  readonly models: readonly string[] = $derived([
    ...new Set(this.points.filter(({ family }) => family !== 'This device').map(({ model }) => model)),
  ]);

  /** Those not hidden that have a place, from the least compute, or time, on. */
  readonly shown: readonly ScalingPoint[] = $derived(
    this.points
      .filter(
        (point) =>
          point[this.against] !== undefined && this.isShown(point.family) && this.isShown(point.model),
      )
      .toSorted((a, b) => a[this.against]! - b[this.against]!),
  );

  /** Time is no law of the paper's. */
  readonly shownLaws: readonly FamilyLaw[] = $derived(
    this.against === 'compute' ? this.laws.filter(({ family }) => this.isShown(family)) : [],
  );

  get title(): string {
    return SETS.find(({ id }) => id === this.set)!.title;
  }

  /** What counts as an error. */
  get error(): string {
    return SETS.find(({ id }) => id === this.set)!.error;
  }

  /** Of a family or a model. */
  isShown(name: string): boolean {
    return !this.#hidden.has(name);
  }

  toggle(name: string): void {
    const hidden = new Set(this.#hidden);
    if (!hidden.delete(name)) hidden.add(name);
    this.#hidden = hidden;
  }

  /** Downloads what is shown, with its laws. */
  saveTable(): void {
    const rows = this.shown.map(({ family, model, data, samplesSeen, compute, error, milliseconds }) => [
      ...[this.set, family, model, data, samplesSeen, compute, error, milliseconds],
    ]);
    const laws = this.shownLaws.map(({ family, fit, alpha, beta, exponent }) => [
      ...[this.set, family, fit, alpha, beta, exponent?.low, exponent?.high],
    ]);
    this.#save(
      'csv',
      new Blob([writeCsv([POINT_COLUMNS, ...rows]), '\r\n', writeCsv([LAW_COLUMNS, ...laws])], {
        type: 'text/csv',
      }),
    );
  }

  /** Downloads a picture of the plot. A failure is reported. */
  async savePicture(extension: 'svg' | 'png', draw: () => Blob | Promise<Blob>): Promise<void> {
    const { notices } = this.#parts;
    notices.clear(TOPIC);
    try {
      this.#save(extension, await draw());
    } catch (error) {
      const again = () => void this.savePicture(extension, draw);
      notices.report(TOPIC, error, { label: 'Try again', run: again });
    }
  }

  #save(extension: string, file: Blob): void {
    const name = `scaling-${this.set.replace('+', '-plus')}-${this.against}.${extension}`;
    this.#parts.handOver([{ name, file } satisfies SavedFile]);
  }
}

const POINT_COLUMNS = [
  'dataset',
  'family',
  'model',
  'trained_on',
  'samples_seen',
  'gmacs',
  'error',
  'milliseconds',
];
const LAW_COLUMNS = ['dataset', 'family', 'fit', 'alpha', 'beta', 'alpha_low', 'alpha_high'];
