import type { CatalogueEntry } from '../../../clip/catalogue';
import { writeCsv } from '../../../core/csv';
import type { SavedFile } from '../../../../workers/models-api';
import { deviceMemory, gibibytesOf } from '../../models/device-memory';
import { requestFor, type Around } from '../../models/hub/catalogue-state';
import { pageOf } from '../../models/hub/catalogue-words';
import type { Hub } from '../../models/hub/hub.svelte';
import type { KeptModels } from '../../models/kept/kept-models.svelte';
import type { Precision } from '../../models/model-words';
import type { Models } from '../../models/models.svelte';
import type { CompareParts } from '../view';
import { lawsOf, type FamilyLaw } from './laws';
import { pointsOf, SETS, type Family, type ScalingPoint, type ScalingSet } from './points';

/** What errors are drawn against. */
export type Against = 'compute' | 'milliseconds';

const TOPIC = 'scaling';

interface ScalingParts extends Pick<
  CompareParts,
  'handOver' | 'records' | 'notices' | 'downloads' | 'download'
> {
  readonly models: Pick<Models, 'ready' | 'backend' | 'chosen' | 'choose'>;
  readonly keptModels: Pick<KeptModels, 'list'>;
  readonly hub: Pick<Hub, 'address' | 'source'>;
}

/** What the scaling view shows. */
export class Scaling {
  set = $state<ScalingSet>('imagenet1k');
  against = $state<Against>('compute');
  #hidden = $state.raw<ReadonlySet<string>>(new Set());

  readonly #parts: ScalingParts;

  constructor(parts: ScalingParts) {
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

  /** The checkpoints of what is shown, in the same order. */
  readonly entries: readonly CatalogueEntry[] = $derived([
    ...new Set(this.shown.flatMap(({ entry }) => entry ?? [])),
  ]);

  /** The page of a checkpoint on the hub. */
  pageOf(entry: CatalogueEntry): string {
    return pageOf(entry, this.#parts.hub.address);
  }

  /** What decides what can be done with a checkpoint. */
  get around(): Around {
    const { models, keptModels, downloads } = this.#parts;
    const gibibytes = gibibytesOf(navigator);
    return {
      device: deviceMemory({ gibibytes, runsOn: models.ready?.runsOn, backend: models.backend }),
      models: keptModels.list,
      downloads: downloads.list,
      chosen: models.chosen,
    };
  }

  download(entry: CatalogueEntry, precision: Precision): void {
    this.#parts.download(requestFor(entry, precision, this.#parts.hub));
  }

  use(id: string): void {
    void this.#parts.models.choose(id);
  }

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
