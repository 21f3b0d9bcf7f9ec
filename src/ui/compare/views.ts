import type { OpenView } from './view';

/** One view of the page: its button, and what loads it. */
export interface View {
  /** In the address: `#view=ID`; without it, the first view is shown. */
  readonly id: string;
  /** On its button. */
  readonly title: string;
  /** Loads its code. */
  readonly load: () => Promise<OpenView>;
}

// Why each is loaded when it is first shown: most visits show none, and none should wait for their code.
const TABLE = [
  {
    id: 'photos',
    title: 'Photos',
    load: async () => (await import('./photos/open-photos')).openPhotos,
  },
  {
    id: 'benchmarks',
    title: 'Benchmarks',
    load: async () => (await import('./benchmarks/open-benchmarks')).openBenchmarks,
  },
  {
    id: 'scaling',
    title: 'Scaling',
    load: async () => (await import('./scaling/open-scaling')).openScaling,
  },
  { id: 'probe', title: 'Probe', load: async () => (await import('./probe/open-probe')).openProbe },
  {
    id: 'embeddings',
    title: 'Embeddings',
    load: async () => (await import('./foreign/open-foreign')).openForeign,
  },
  { id: 'report', title: 'Report', load: async () => (await import('./report/open-report')).openReport },
] as const satisfies readonly View[];

/** The id of a view. */
export type ViewId = (typeof TABLE)[number]['id'];

/** Every view, in the order of their buttons. A new view is one line here. */
export const VIEWS: readonly (View & { readonly id: ViewId })[] = TABLE;

/** The view with this id; the first if there is none. */
export function viewOf(id: string | undefined): (typeof VIEWS)[number] {
  return VIEWS.find((view) => view.id === id) ?? TABLE[0];
}
