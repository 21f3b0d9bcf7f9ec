import type { ReportTable } from '../../evaluation/report';
import type { EvaluationResult } from '../../evaluation/results';

/** How long a model takes on this device. */
export interface Timing {
  /** As the page calls it. */
  readonly name: string;
  /** On the hub; undefined if it did not come from there. */
  readonly repository: string | undefined;
  /** Of a picture, in the batch in which it takes the least. */
  readonly milliseconds: number;
}

/** What was measured in this visit, for a report and beside published figures. */
export class Records {
  #results = $state.raw<readonly EvaluationResult[]>([]);
  #timings = $state.raw<readonly Timing[]>([]);
  #comparison: () => readonly ReportTable[] = () => [];

  /** On data sets, oldest first. */
  get results(): readonly EvaluationResult[] {
    return this.#results;
  }

  /** The comparison on the user's photos, as it is now. */
  get tables(): readonly ReportTable[] {
    return this.#comparison();
  }

  /** One for each model, the shortest of all ways in which it was run. */
  get timings(): readonly Timing[] {
    return this.#timings;
  }

  timed(timing: Timing): void {
    const before = this.#timings.find(({ name }) => name === timing.name);
    if (before && before.milliseconds <= timing.milliseconds) return;
    this.#timings = [...this.#timings.filter((one) => one !== before), timing];
  }

  /** Adds a result, in place of one of the same model and task on the same data. */
  add(result: EvaluationResult): void {
    this.#results = [...this.#results.filter((one) => keyOf(one) !== keyOf(result)), result];
  }

  /** @param tables asked whenever a report is shown or saved */
  comparedBy(tables: () => readonly ReportTable[]): void {
    this.#comparison = tables;
  }
}

function keyOf({ dataset, model, pretrained, task, language, details }: EvaluationResult): string {
  const { split, precision, backend, weights } = details ?? {};
  return JSON.stringify([dataset, model, pretrained, task, language, split, precision, backend, weights]);
}
