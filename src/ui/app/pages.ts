import type { Component, Snippet } from 'svelte';
import type { Gallery } from '../photos/gallery.svelte';
import type { KeptLabels } from '../photos/kept-labels.svelte';
import type { PhotoImport } from '../photos/photo-import.svelte';
import type { Indexing } from '../indexing/indexing.svelte';
import type { PictureSize } from '../grid/picture-size.svelte';
import type { Selection } from '../grid/selection.svelte';
import type { Results } from '../search/results.svelte';
import type { Search } from '../search/search.svelte';
import SearchOptions from '../search/SearchOptions.svelte';
import SearchPage from '../search/SearchPage.svelte';
import SearchTools from '../search/SearchTools.svelte';
import type { Camera } from '../label/camera.svelte';
import type { Labels } from '../label/labels.svelte';
import type { Learning } from '../label/learning.svelte';
import LabelPage from '../label/LabelPage.svelte';
import type { Compare } from '../compare/compare.svelte';
import ComparePage from '../compare/ComparePage.svelte';

/** The states that pages show. */
export interface PageStates {
  readonly gallery: Gallery;
  readonly photoImport: PhotoImport;
  readonly keptLabels: KeptLabels;
  readonly indexing: Indexing;
  readonly pictureSize: PictureSize;
  readonly selection: Selection;
  readonly search: Search;
  readonly results: Results;
  readonly labels: Labels;
  readonly learning: Learning;
  readonly camera: Camera;
  readonly compare: Compare;
}

/** The props of every page; each uses what it needs. */
export interface PageProps extends PageStates {
  /** What is shown while there are no photos, on a page that is shown without any. */
  readonly firstScreen: Snippet;
  /** Shows a photo in full; `ids` are those to step through, if not those of the page. */
  readonly onopen: (id: number, ids?: readonly number[]) => void;
  /** Adds these photos to the selection. */
  readonly onselect: (ids: readonly number[]) => void;
  /** Opens the list of models. */
  readonly onmodels: () => void;
  /** Opens the page of labels. */
  readonly onlabels: () => void;
  /** Focus leaves the page upwards, to the search line. */
  readonly onleave: () => void;
}

/** The props of a page's tools and options. */
export interface ToolProps extends PageStates {
  /** The row of tools has room for more than the most used. */
  readonly wide: boolean;
  /** Types into the search line. */
  readonly onfind: (text: string) => void;
  /** Adds these photos to the selection. */
  readonly onselect: (ids: readonly number[]) => void;
}

/** Where on a page the focus goes: to its first photo, the one it was on last, or the one with this id. */
export type FocusPlace = 'first' | 'last' | { readonly id: number };

/** One page: its tab, its component, and its data for the photo viewer. */
export interface Page {
  /** In the URL: `?tab=ID`; without it, the first page opens. */
  readonly id: string;
  /** Title of its tab. */
  readonly title: string;
  /** `focus` moves the focus into the page, and tells whether it could. */
  readonly component: Component<PageProps, { focus?: (at: FocusPlace) => boolean }>;
  /** Shown without photos too: it says itself what can be done. */
  readonly needsNoPhotos?: true;
  /** Whether what is searched for is asked on this page; else it opens the first. */
  readonly asks?: (states: PageStates) => boolean;
  /** What is used all the time, in the row below the top bar. */
  readonly tools?: Component<ToolProps>;
  /** The rest, behind the row's last button. */
  readonly options?: Component<ToolProps>;
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
    tools: SearchTools,
    options: SearchOptions,
    shown: ({ results }) => results.shown.map(({ photo }) => photo.id),
    cosine: ({ results }, id) => results.scoreOf(id),
  },
  {
    id: 'label',
    title: 'Label',
    component: LabelPage,
    needsNoPhotos: true,
    shown: ({ labels }) => labels.shown,
  },
  {
    id: 'compare',
    title: 'Compare',
    component: ComparePage,
    needsNoPhotos: true,
    asks: ({ compare }) => compare.asks,
  },
] as const satisfies readonly Page[];

/** The id of a page. */
export type Tab = (typeof TABLE)[number]['id'];

/** Every page, in tab order; the first is the default. A new page is one line here. */
export const PAGES: readonly (Page & { readonly id: Tab })[] = TABLE;

/** The page with this id; the first if there is none. */
export function pageOf(id: string | null): (typeof PAGES)[number] {
  return PAGES.find((page) => page.id === id) ?? TABLE[0];
}
