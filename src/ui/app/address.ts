import type { Backend } from '../../../workers/api';
import { TEMPLATE_SETS, type TemplateSetId } from '../../zeroshot/templates';
import type { LabelOrder } from '../label/labels.svelte';
import { ORIENTATIONS, type PhotoFilter } from '../search/photo-filter';
import { ORDERS, type Order } from '../search/results.svelte';
import { PAGES, pageOf, type Tab } from './pages';

/**
 * What the address says: `?model=ID&backend=webgpu|wasm&tab=ID`, then what is searched for and how it is shown:
 * `#q=TEXT&order=newest|oldest|name&from=DATE&to=DATE&shape=landscape|portrait|square&folder=NAME`, and for labels
 * `template=none|single|simple|openai&label-order=least-sure`.
 */
// Why the second part follows a "#": whatever is before it is sent to the page's host on every reload, and what a person
// searches for stays in the browser.
export interface Address {
  readonly model: string | undefined;
  /** Undefined: the engine chooses. */
  readonly backend: Backend | undefined;
  readonly tab: Tab;
  readonly query: string;
  readonly order: Order;
  /** Without the folder, whose id says nothing elsewhere. */
  readonly filter: Omit<PhotoFilter, 'folder'>;
  /** The filter's folder, as `folder-names` calls it. */
  readonly folder: string | undefined;
  /** Undefined: the model's usual ones. */
  readonly templates: TemplateSetId | undefined;
  readonly labelOrder: LabelOrder;
}

/** A parameter whose value means nothing. */
export interface UnknownValue {
  readonly name: 'backend' | 'tab' | 'order' | 'from' | 'to' | 'shape' | 'template' | 'label-order';
  readonly value: string;
}

const BACKENDS: readonly Backend[] = ['webgpu', 'wasm'];
const LEAST_SURE = 'least-sure';

const OURS = ['q', 'order', 'from', 'to', 'shape', 'folder', 'template', 'label-order'];

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
  const tab = known(searchParams, 'tab', one(PAGES.map(({ id }) => id)));
  const order = known(hashParams, 'order', one(ORDERS));
  const from = known(hashParams, 'from', dateOf);
  const to = known(hashParams, 'to', dateOf);
  const orientation = known(hashParams, 'shape', one(ORIENTATIONS));
  const templates = known(hashParams, 'template', one(TEMPLATE_SETS.map(({ id }) => id)));
  const labelOrder = known(hashParams, 'label-order', one([LEAST_SURE]));
  const address: Address = {
    model: searchParams.get('model') || undefined,
    backend,
    tab: pageOf(tab ?? null).id,
    query: hashParams.get('q')?.trim() ?? '',
    order: order ?? 'match',
    filter: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(orientation !== undefined && { orientation }),
    },
    folder: hashParams.get('folder') ?? undefined,
    templates,
    labelOrder: labelOrder ? 'least sure' : 'photos',
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
  set('tab', address.tab === PAGES[0]?.id ? undefined : address.tab);
  url.hash = [...othersOf(url.hash), ...hashPartsOf(address)].join('&');
  return url.href;
}

function hashPartsOf({ query, order, filter, folder, templates, labelOrder }: Address): string[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['q', query.trim() || undefined],
    ['order', order === 'match' ? undefined : order],
    ['from', filter.from],
    ['to', filter.to],
    ['shape', filter.orientation],
    ['folder', folder],
    ['template', templates],
    ['label-order', labelOrder === 'photos' ? undefined : LEAST_SURE],
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

/** A day that exists, as `YYYY-MM-DD`. */
function dateOf(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
