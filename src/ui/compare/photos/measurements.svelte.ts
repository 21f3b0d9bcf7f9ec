import { failureName } from '../../../core/failure';
import type { Notices } from '../../kit/notices.svelte';
import type { Photos } from '../../photos/photos.svelte';
import type { Records } from '../records.svelte';
import type { Column } from './column.svelte';
import { sampleOf, type Costs } from './costs';
import { measureColumn, STEPS, type MeasureParts } from './measure-column';

export interface MeasurementsParts extends MeasureParts {
  readonly photos: Pick<Photos, 'list'>;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  readonly records: Pick<Records, 'timed'>;
}

/** Photos to measure with. */
const SAMPLE = 16;

const TOPIC = 'comparison costs';

/** What each column's model costs on this device. */
export class Measurements {
  #costs = $state.raw<ReadonlyMap<Column, Costs>>(new Map());
  #work = $state.raw<{ readonly column: Column; readonly done: number; readonly total: number } | undefined>(
    undefined,
  );
  #stop = new AbortController();
  readonly #parts: MeasurementsParts;

  constructor(parts: MeasurementsParts) {
    this.#parts = parts;
  }

  /** Undefined if it was not measured. */
  of(column: Column): Costs | undefined {
    return this.#costs.get(column);
  }

  /** What is being measured, in steps; undefined if nothing is. */
  get work(): { readonly column: Column; readonly done: number; readonly total: number } | undefined {
    return this.#work;
  }

  /** Measures one column after the other, with the same photos. Failures are reported. */
  async measure(columns: readonly Column[]): Promise<void> {
    const { photos, notices, records } = this.#parts;
    if (this.#work) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const sample = sampleOf(photos.list, SAMPLE);
    const total = columns.length * STEPS;
    notices.clear(TOPIC);
    try {
      for (const [at, column] of columns.entries()) {
        const { model } = column;
        if (!model) continue;
        const costs = await measureColumn(column, model, sample, this.#parts, signal, (step) => {
          this.#work = { column, done: at * STEPS + step, total };
        });
        this.#costs = new Map(this.#costs).set(column, costs);
        const { name, repository } = model.summary;
        records.timed({ name, repository, milliseconds: costs.best.median });
      }
      notices.say('Measured');
    } catch (error) {
      if (failureName(error) === 'Cancelled') notices.say('Cancelled');
      // A column that was removed meanwhile needs no measuring.
      else if (!signal.aborted) {
        notices.report(TOPIC, error, { label: 'Measure again', run: () => void this.measure(columns) });
      }
    } finally {
      this.#work = undefined;
    }
  }

  cancel(): void {
    this.#stop.abort();
  }

  /** This column is removed. */
  forget(column: Column): void {
    if (this.#work) this.cancel();
    this.#costs = new Map([...this.#costs].filter(([one]) => one !== column));
  }
}
