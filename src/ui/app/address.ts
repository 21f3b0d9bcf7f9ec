import type { Backend } from '../../../workers/api';
import { PAGES, pageOf, type Tab } from './pages';

/** The URL's parameters: `?model=ID&backend=webgpu|wasm&tab=ID`. */
export interface Address {
  readonly model: string | undefined;
  /** Undefined: the engine chooses. */
  readonly backend: Backend | undefined;
  readonly tab: Tab;
}

/** Reads `location.search`; unknown values count as absent. */
export function readAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  const backend = parameters.get('backend');
  return {
    model: parameters.get('model') || undefined,
    backend: backend === 'webgpu' || backend === 'wasm' ? backend : undefined,
    tab: pageOf(parameters.get('tab')).id,
  };
}

/** `href` with `address` in its parameters; other parameters are kept. */
export function writeAddress(href: string, address: Address): string {
  const url = new URL(href);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? url.searchParams.delete(name) : url.searchParams.set(name, value);
  set('model', address.model);
  set('backend', address.backend);
  set('tab', address.tab === PAGES[0]?.id ? undefined : address.tab);
  return url.href;
}
