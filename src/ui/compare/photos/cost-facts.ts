import type { Column } from './column.svelte';
import type { Comparison } from './comparison.svelte';
import { publishedOf } from './comparison-record';
import type { CostFacts } from './cost-words';

/** What is known of the costs of each model that is open. */
export function costFacts({
  columns,
  measurements,
}: Pick<Comparison, 'columns' | 'measurements'>): CostFacts[] {
  return columns.flatMap((column: Column) => {
    const { model, firstRun } = column;
    if (!model) return [];
    const published = publishedOf(model.summary.repository);
    return { model, firstRun, costs: measurements.of(column), published };
  });
}
