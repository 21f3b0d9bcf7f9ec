import type { CaseResult } from './result';

/** One line for a case: status, name, largest absolute difference, and detail. */
export function caseLine({ section, name, status, difference, detail }: CaseResult): string {
  const largest = difference === undefined ? '' : `  max |difference| ${format(difference)}`;
  return `${status.padEnd(8)}${section}/${name}${largest}${detail === undefined ? '' : `  (${detail})`}`;
}

/** The two closing lines. */
export function closingLines(results: readonly CaseResult[]): string {
  const count = (status: CaseResult['status']) => results.filter((result) => result.status === status).length;
  return `${count('refused')} refused, ${count('excused')} excused\n${count('passed')} passed, ${count('failed')} failed`;
}

/** 1 on any failure, on a refusal not allowed by `mayRefuse`, or if nothing ran. */
export function exitCode(results: readonly CaseResult[], mayRefuse: readonly string[]): 0 | 1 {
  if (results.length === 0) return 1;
  const bad = results.some(
    ({ status, name }) => status === 'failed' || (status === 'refused' && !mayRefuse.includes(name)),
  );
  return bad ? 1 : 0;
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential(1);
}
