import type { ReportTable } from '../../evaluation/report';
import type { EvaluationResult } from '../../evaluation/results';

/** What was measured in this visit, for a report. */
export class Records {
  #results = $state.raw<readonly EvaluationResult[]>([]);
  #tables = $state.raw<readonly ReportTable[]>([]);

  /** On data sets, oldest first. */
  get results(): readonly EvaluationResult[] {
    return this.#results;
  }

  /** The last comparison on the user's photos. */
  get tables(): readonly ReportTable[] {
    return this.#tables;
  }

  /** Adds a result, in place of one of the same model and task on the same data. */
  add(result: EvaluationResult): void {
    this.#results = [...this.#results.filter((one) => keyOf(one) !== keyOf(result)), result];
  }

  /** Replaces the comparison. */
  compared(tables: readonly ReportTable[]): void {
    this.#tables = tables;
  }
}

function keyOf({ dataset, model, pretrained, task, language, details }: EvaluationResult): string {
  const { split, precision, backend, weights } = details ?? {};
  return JSON.stringify([dataset, model, pretrained, task, language, split, precision, backend, weights]);
}
