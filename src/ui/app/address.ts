import type { Backend, Decoding, LoadOptions } from '../../../workers/api';
import { TEMPLATE_SETS, type TemplateSetId } from '../../zeroshot/templates';
import { ROW_HEIGHTS } from '../grid/picture-size.svelte';
import type { LabelOrder } from '../label/label-order.svelte';
import { ORIENTATIONS, type PhotoFilter } from '../search/photo-filter';
import { ORDERS, type Order } from '../search/order';
import { VIEWS, viewOf, type ViewId } from '../compare/views';
import { PAGES, pageOf, type Tab } from './pages';

/**
 * What the address says: `?model=ID&backend=webgpu|wasm&arithmetic=fp32&decode=exact&tab=ID`, then what is searched for
 * and how it is shown:
 * `#q=TEXT&least=COSINE|all&order=newest|oldest|name&from=DATE&to=DATE&shape=landscape|portrait|square&folder=NAME`
 * with `size=PIXELS`, and for labels `template=none|single|simple|openai&label-order=least-sure`, for comparisons `view=ID`.
 * A link to a set of labels has `label-set=PACKED`.
 */
// Why the second part follows a "#": whatever is before it is sent to the page's host on every reload, and what a person
// searches for stays in the browser.
export interface Address {
  readonly model: string | undefined;
  /** Undefined: the engine chooses. */
  readonly backend: Backend | undefined;
  readonly decoding: Decoding;
  readonly arithmetic: LoadOptions['arithmetic'];
  readonly tab: Tab;
  readonly query: string;
  /** The least cosine that is shown, -Infinity for all; undefined: the usual one. */
  readonly least: number | undefined;
  readonly order: Order;
  /** Without the folder, whose id says nothing elsewhere. */
  readonly filter: Omit<PhotoFilter, 'folder'>;
  /** The filter's folder, as `folder-names` calls it. */
  readonly folder: string | undefined;
  /** Height of the rows of pictures, in CSS pixels; undefined: the usual one. */
  readonly size: number | undefined;
  /** Undefined: the model's usual ones. */
  readonly templates: TemplateSetId | undefined;
  readonly labelOrder: LabelOrder;
  /** What the page of comparisons shows. */
  readonly view: ViewId;
  /** A set of labels that another user sent, as `LabelSets` packs it. */
  readonly labelSet: string | undefined;
}

/** A parameter whose value means nothing. */
export interface UnknownValue {
  readonly name:
    | 'backend'
    | 'decode'
    | 'arithmetic'
    | 'tab'
    | 'least'
    | 'order'
    | 'from'
    | 'to'
    | 'shape'
    | 'size'
    | 'template'
    | 'label-order'
    | 'view';
  readonly value: string;
}

const BACKENDS: readonly Backend[] = ['webgpu', 'wasm'];
const EXACT: Decoding = 'exact';
const LEAST_SURE = 'least-sure';

const ALL = 'all';

const OURS = [
  'q',
  'least',
  'order',
  'from',
  'to',
  'shape',
  'folder',
  'size',
  'template',
  'label-order',
  'view',
  'label-set',
];

/** Reads a page's address; what is unknown counts as absent, and is listed. */
export function readAddress(href: string): { address: Address; unknown: readonly UnknownValue[] } {
  const { searchParams, hash } = new URL(href);
  const hashParams = new URLSearchParams(hash.slice(1));
  const unknown: UnknownValue[] = [];

  /** The value of a parameter among those it may have; undefined if it has none of them. */
  function known<T>(
    from: URLSearchParams,
    name: UnknownValue['name'],
    meaning: (value: string) => T | undefined,
  ): T | undefined {
    const value = from.get(name);
    if (!value) return undefined;
    const found = meaning(value);
    if (found === undefined) unknown.push({ name, value });
    return found;
  }

  const one =
    <T extends string>(values: readonly T[]) =>
    (value: string) =>
      values.find((each) => each === value);
  const backend = known(searchParams, 'backend', one(BACKENDS));
  const decode = known(searchParams, 'decode', one([EXACT]));
  const arithmetic = known(searchParams, 'arithmetic', one(['fp32'] as const));
  const tab = known(searchParams, 'tab', one(PAGES.map(({ id }) => id)));
  const least = known(hashParams, 'least', (value) => (value === ALL ? -Infinity : numberOf(value, -1, 1)));
  const order = known(hashParams, 'order', one(ORDERS));
  const from = known(hashParams, 'from', dateOf);
  const to = known(hashParams, 'to', dateOf);
  const orientation = known(hashParams, 'shape', one(ORIENTATIONS));
  const size = known(hashParams, 'size', (value) => numberOf(value, ROW_HEIGHTS.min, ROW_HEIGHTS.max));
  const templates = known(hashParams, 'template', one(TEMPLATE_SETS.map(({ id }) => id)));
  const labelOrder = known(hashParams, 'label-order', one([LEAST_SURE]));
  const view = known(hashParams, 'view', one(VIEWS.map(({ id }) => id)));
  const address: Address = {
    model: searchParams.get('model') || undefined,
    backend,
    decoding: decode ? EXACT : 'scaled',
    arithmetic: arithmetic ?? 'auto',
    tab: pageOf(tab ?? null).id,
    query: hashParams.get('q')?.trim() ?? '',
    least,
    order: order ?? 'match',
    filter: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(orientation !== undefined && { orientation }),
    },
    folder: hashParams.get('folder') ?? undefined,
    size,
    templates,
    labelOrder: labelOrder ? 'least sure' : 'photos',
    view: viewOf(view).id,
    labelSet: hashParams.get('label-set') || undefined,
  };
  return { address, unknown };
}

/** `href` with `address` in its parameters; everything else is kept. */
export function writeAddress(href: string, address: Address): string {
  const url = new URL(href);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? url.searchParams.delete(name) : url.searchParams.set(name, value);
  set('model', address.model);
  set('backend', address.backend);
  set('decode', address.decoding === EXACT ? EXACT : undefined);
  set('arithmetic', address.arithmetic === 'auto' ? undefined : address.arithmetic);
  set('tab', address.tab === PAGES[0]?.id ? undefined : address.tab);
  url.hash = [...othersOf(url.hash), ...hashPartsOf(address)].join('&');
  return url.href;
}

function hashPartsOf(address: Address): string[] {
  const { query, least, order, filter, folder, size, templates, labelOrder, view, labelSet } = address;
  const values: readonly (readonly [string, string | undefined])[] = [
    ['q', query.trim() || undefined],
    ['least', least === undefined ? undefined : leastText(least)],
    ['order', order === 'match' ? undefined : order],
    ['from', filter.from],
    ['to', filter.to],
    ['shape', filter.orientation],
    ['folder', folder],
    ['size', size === undefined ? undefined : String(size)],
    ['template', templates],
    ['label-order', labelOrder === 'photos' ? undefined : LEAST_SURE],
    ['view', view === VIEWS[0]?.id ? undefined : view],
    ['label-set', labelSet],
  ];
  return values.flatMap(([name, value]) =>
    value === undefined ? [] : new URLSearchParams([[name, value]]).toString(),
  );
}

/** The parts of a hash that are not this page's, as they stand. */
function othersOf(hash: string): string[] {
  const parts = hash.slice(1).split('&');
  return parts.filter((part) => part !== '' && !OURS.includes(part.split('=')[0]!));
}

/** In as many decimals as any page shows. */
function leastText(least: number): string {
  return least === -Infinity ? ALL : String(Number(least.toFixed(3)));
}

function numberOf(text: string, min: number, max: number): number | undefined {
  const number = Number(text);
  return /^-?\d+(\.\d+)?$/.test(text) && number >= min && number <= max ? number : undefined;
}

/** A day that exists, as `YYYY-MM-DD`. */
function dateOf(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
