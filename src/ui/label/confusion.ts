/** How often photos of one label were given each. */
export interface Confusion {
  /** Of rows and columns. */
  readonly labels: readonly string[];
  /** `counts[right][given]`. */
  readonly counts: readonly (readonly number[])[];
  /** Labels that are left out, for lack of room. */
  readonly left: number;
}

/** Rows of a table that can still be read. */
const MOST = 12;

/** @param answers of each photo the right label, and the one it was given */
export function confusion(answers: readonly (readonly [right: string, given: string])[]): Confusion {
  const seen = new Map<string, { wrong: number; all: number }>();
  for (const answer of answers) {
    for (const label of new Set(answer)) {
      const { wrong, all } = seen.get(label) ?? { wrong: 0, all: 0 };
      seen.set(label, { wrong: wrong + Number(answer[0] !== answer[1]), all: all + 1 });
    }
  }
  const ranked = [...seen].sort(([a, x], [b, y]) => y.wrong - x.wrong || y.all - x.all || a.localeCompare(b));
  const labels = ranked.slice(0, MOST).map(([label]) => label);
  const counts = labels.map((row) =>
    labels.map((column) => answers.filter(([right, given]) => right === row && given === column).length),
  );
  return { labels, counts, left: ranked.length - labels.length };
}
