import type { Component } from 'svelte';
import type { Gallery } from '../photos/gallery.svelte';
import type { PhotoImport } from '../photos/photo-import.svelte';
import type { Indexing } from '../indexing/indexing.svelte';
import type { PictureSize } from '../grid/picture-size.svelte';
import type { Selection } from '../grid/selection.svelte';
import type { Results } from '../search/results.svelte';
import type { Search } from '../search/search.svelte';
import SearchPage from '../search/SearchPage.svelte';
import type { Labels } from '../label/labels.svelte';
import LabelPage from '../label/LabelPage.svelte';

/** The states that pages are made of. */
export interface PageStates {
  readonly gallery: Gallery;
  readonly photoImport: PhotoImport;
  readonly indexing: Indexing;
  readonly pictureSize: PictureSize;
  readonly selection: Selection;
  readonly search: Search;
  readonly results: Results;
  readonly labels: Labels;
}

/** What every page is given; each takes what it uses. */
export interface PageProps extends PageStates {
  /** Shows a photo in full. */
  readonly onopen: (id: number) => void;
  /** Types into the search line. */
  readonly onfind: (text: string) => void;
  /** Selects these photos too. */
  readonly onselect: (ids: readonly number[]) => void;
  readonly onduplicates: () => void;
  readonly onsearchhelp: () => void;
  /** The keyboard leaves the page upwards, to the search line. */
  readonly onleave: () => void;
}

/** One page: a tab, what lies below it, and what the photo viewer has to know of it. */
export interface Page {
  /** In the address: `?tab=ID`. The first page is the one of an address without it. */
  readonly id: string;
  /** On its tab. */
  readonly title: string;
  /** `focus` moves the keyboard's place from the search line into the page. */
  readonly component: Component<PageProps, { focus?: () => void }>;
  /** Ids of the photos on the page, in its order. */
  readonly shown?: (states: PageStates) => readonly number[];
  /** The cosine of a photo, on a page whose photos have one. */
  readonly cosine?: (states: PageStates, id: number) => number | undefined;
}

const TABLE = [
  {
    id: 'search',
    title: 'Search',
    component: SearchPage,
    shown: ({ results }) => results.shown.map(({ photo }) => photo.id),
    cosine: ({ results }, id) => results.scoreOf(id),
  },
  { id: 'label', title: 'Label', component: LabelPage, shown: ({ labels }) => labels.shown },
] as const satisfies readonly Page[];

/** The id of a page. */
export type Tab = (typeof TABLE)[number]['id'];

/** Every page, in the order of the tabs; the first opens first. A new page is one line here. */
export const PAGES: readonly (Page & { readonly id: Tab })[] = TABLE;

/** The page of this id; the first where there is none. */
export function pageOf(id: string | null): (typeof PAGES)[number] {
  return PAGES.find((page) => page.id === id) ?? TABLE[0];
}
