/** Which labels photos must and must not have. Names as typed; `*` stands for any. */
export interface LabelConditions {
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
}

/** `label:beach`, `label:"palm tree"`, `-label:beach`; not within a word. */
const CONDITION = /(?<=^|\s)(?<sign>[-−]?)label:(?:["“”„](?<phrase>[^"“”„]*)["“”„]?|(?<word>[^\s"“”„]+))/giu;

/** A search line's conditions on labels, and the rest of it. */
export function splitLabels(line: string): { readonly rest: string; readonly conditions: LabelConditions } {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  const rest = line.replace(CONDITION, (...args) => {
    const { sign, phrase, word } = args.at(-1) as Record<string, string | undefined>;
    const name = (phrase ?? word ?? '').trim();
    if (name !== '') (sign === '' ? wanted : unwanted).push(name);
    return '';
  });
  return { rest: rest.trim(), conditions: { wanted, unwanted } };
}

/** The line with one condition, on this label, in place of those it has; undefined: with none. */
export function withLabel(line: string, name: string | undefined): string {
  const { rest } = splitLabels(line);
  if (name === undefined) return rest;
  return `label:${/^[^\s"“”„]+$/u.test(name) ? name : `"${name}"`} ${rest}`.trim();
}

/** Whether there are none. */
export function areNone({ wanted, unwanted }: LabelConditions): boolean {
  return wanted.length + unwanted.length === 0;
}

/** Returns a predicate on a photo's labels: it has all that are wanted, and none that is unwanted, whatever their case. */
export function meeting({ wanted, unwanted }: LabelConditions): (names: readonly string[]) => boolean {
  const [all, none] = [wanted, unwanted].map((names) => names.map((name) => name.toLowerCase()));
  return (names) => {
    const own = new Set(names.map((name) => name.toLowerCase()));
    const has = (name: string) => (name === '*' ? own.size > 0 : own.has(name));
    return all!.every(has) && !none!.some(has);
  };
}
