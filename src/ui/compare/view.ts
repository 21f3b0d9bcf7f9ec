import type { Component, Snippet } from 'svelte';
import type { Workers } from '../connect/connect';
import type { Notices } from '../kit/notices.svelte';
import type { Memory } from '../kit/memory';
import type { FetchRequest, SavedFile } from '../../../workers/models-api';
import type { Gallery } from '../photos/gallery.svelte';
import type { KeptModels } from '../models/kept/kept-models.svelte';
import type { Downloads } from '../models/hub/downloads.svelte';
import type { Hub } from '../models/hub/hub.svelte';
import type { Models } from '../models/models.svelte';
import type { Indexing } from '../indexing/indexing.svelte';
import type { Labels } from '../label/labels.svelte';
import type { Search } from '../search/search.svelte';
import type { Records } from './records.svelte';

/** What the views work with. */
export interface CompareParts {
  readonly workers: Workers;
  readonly gallery: Gallery;
  /** The page's current model. */
  readonly models: Models;
  readonly keptModels: KeptModels;
  /** Where models and data sets come from. */
  readonly hub: Pick<Hub, 'address' | 'source' | 'reach'>;
  readonly downloads: Pick<Downloads, 'list'>;
  /** Downloads a model, and says so. */
  readonly download: (request: FetchRequest) => void;
  readonly indexing: Indexing;
  readonly search: Search;
  readonly labels: Labels;
  readonly notices: Notices;
  /** What the views measure. */
  readonly records: Records;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
  /** What outlasts the visit. */
  readonly memory: Memory | undefined;
}

/** The props of every view. */
export interface ViewProps {
  /** What the page shows while there are no photos. */
  readonly firstScreen: Snippet;
  /** Shows a photo in full; `ids` are those to step through. */
  readonly onopen: (id: number, ids: readonly number[]) => void;
  /** Opens the list of models, where more can be added. */
  readonly onmodels: () => void;
  /** Opens the page of labels. */
  readonly onlabels: () => void;
}

/** A view with its state, which lasts as long as the page. */
export interface OpenedView {
  readonly component: Component<ViewProps & { readonly state: unknown }>;
  readonly state: unknown;
  /** Whether what is searched for is asked here now; else it opens the search page. */
  readonly asks?: (() => boolean) | undefined;
}

/** Begins a view's state. The module that exports it is loaded when the view is first shown. */
export type OpenView = (parts: CompareParts) => OpenedView;

/** Joins a view's component and its state. */
export function openedView<State>(
  component: Component<ViewProps & { readonly state: State }>,
  state: State,
  asks?: () => boolean,
): OpenedView {
  return { component, state, asks } as unknown as OpenedView;
}
