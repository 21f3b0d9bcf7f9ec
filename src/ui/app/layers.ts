import type { Layer } from '../kit/back-stack';
import type { Example } from '../search/question';
import { PAGES, type Tab } from './pages';
import { SHEETS, type SheetName } from './sheets';

/** A search, or none, on a page. */
export interface QueryLayer extends Layer {
  readonly kind: 'query';
  readonly text: string;
  readonly examples: readonly Example[];
  readonly tab: Tab;
  /** The number of the search: the same while it is typed on. */
  readonly step: number;
  /** The least cosine that is shown, if the user chose one; -Infinity for all. */
  readonly least: number | undefined;
  /** The model whose cosines those are. */
  readonly model: string | undefined;
}

export interface SheetLayer extends Layer {
  readonly kind: 'sheet';
  readonly name: SheetName;
}

export interface PhotoLayer extends Layer {
  readonly kind: 'photo';
  readonly id: number;
  /** Its file's name: in another library the same id means another photo. */
  readonly name: string;
  /** The photos to step through; undefined: those of the page. */
  readonly among: readonly number[] | undefined;
}

/** What Back takes away, in this order from below: searches, one sheet, one photo. */
export type PageLayer = QueryLayer | SheetLayer | PhotoLayer;

type Search = Pick<QueryLayer, 'text' | 'examples'>;

/** What the page shows. */
export interface Shown {
  readonly query: Omit<QueryLayer, 'kind'>;
  readonly sheet: SheetName | undefined;
  readonly photo: Omit<PhotoLayer, 'kind'> | undefined;
}

/** Searches one can go back through; browsers keep 50 entries. */
const MOST_SEARCHES = 20;

/** The layers of what the page shows, after `before`. */
export function layersOf({ query, sheet, photo }: Shown, before: readonly PageLayer[]): readonly PageLayer[] {
  const searches = before.filter((layer) => layer.kind === 'query');
  return [
    ...searchesOf({ kind: 'query', ...query }, searches),
    ...(sheet ? [{ kind: 'sheet', name: sheet } as const] : []),
    ...(photo ? [{ kind: 'photo', ...photo } as const] : []),
  ];
}

function searchesOf(now: QueryLayer, before: readonly QueryLayer[]): readonly QueryLayer[] {
  const last = before.at(-1);
  if (isEmpty(now) || !last) return [now];
  const others = before.slice(0, -1);
  // A space typed at the end is no other search yet.
  if (isSameSearch(now, last))
    return [...others, { ...last, tab: now.tab, least: now.least, model: now.model }];
  const isTypedOn = now.step === last.step && !isEmpty(last);
  return [...(isTypedOn || before.length > MOST_SEARCHES ? others : before), now];
}

function isEmpty({ text, examples }: Search): boolean {
  return text.trim() === '' && examples.length === 0;
}

/** Whether two searches ask the same. */
export function isSameSearch(a: Search, b: Search): boolean {
  return (
    a.text.trim() === b.text.trim() &&
    a.examples.length === b.examples.length &&
    a.examples.every((example, at) => isSameExample(example, b.examples[at]))
  );
}

function isSameExample(a: Example, b: Example | undefined): boolean {
  return a === b || (a.kind === 'photo' && b?.kind === 'photo' && a.id === b.id);
}

/** A layer as the history keeps it: pictures from outside the library do not outlast the page. */
export function storedLayer(layer: PageLayer): unknown {
  if (layer.kind !== 'query') return layer;
  return { ...layer, examples: layer.examples.filter(({ kind }) => kind === 'photo') };
}

/** The reverse; undefined if it is none of this version. */
export function restoredLayer(value: unknown): PageLayer | undefined {
  const { kind, name, id, among, text, examples, tab, step, least, model } = (value ?? {}) as Partial<
    Record<string, unknown>
  >;
  if (kind === 'sheet') {
    const sheet = SHEETS.find((one) => one === name);
    return sheet && { kind, name: sheet };
  }
  if (kind === 'photo') {
    if (typeof id !== 'number' || typeof name !== 'string') return undefined;
    return among === undefined || isNumbers(among) ? { kind, id, name, among } : undefined;
  }
  const page = PAGES.find((one) => one.id === tab)?.id;
  if (kind !== 'query' || typeof text !== 'string' || typeof step !== 'number' || !page) return undefined;
  return {
    kind,
    text,
    examples: isPhotos(examples) ? examples : [],
    tab: page,
    step,
    least: typeof least === 'number' ? least : undefined,
    model: typeof model === 'string' ? model : undefined,
  };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

function isPhotos(value: unknown): value is readonly (Example & { readonly kind: 'photo' })[] {
  return (
    Array.isArray(value) &&
    value.every((one) => {
      const { kind, id, name } = (one ?? {}) as Partial<Record<string, unknown>>;
      return kind === 'photo' && typeof id === 'number' && typeof name === 'string';
    })
  );
}
