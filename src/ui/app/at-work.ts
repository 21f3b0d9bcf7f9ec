import type { AppState } from './app-state.svelte';

type Busy = Pick<AppState, 'models' | 'photoImport' | 'indexing' | 'labels' | 'checkpointImport'>;

/** Whether the user is waiting for the page: a model is loading, photos lack rows or labels. */
export function isAtWork({ models, photoImport, indexing, labels, checkpointImport }: Busy): boolean {
  const { phase } = models.status;
  return (
    phase === 'none' ||
    phase === 'loading' ||
    checkpointImport.status.phase === 'working' ||
    photoImport.reading ||
    indexing.phase === 'waiting' ||
    indexing.phase === 'running' ||
    labels.working
  );
}

/** Whether a model is loading, or photos are being indexed, which may be paused. */
export function isWorking({ models, indexing }: Pick<Busy, 'models' | 'indexing'>): boolean {
  return models.status.phase === 'loading' || indexing.phase === 'running' || indexing.phase === 'paused';
}

/** Whether nothing has been added, typed or started, so that a reload would lose nothing. */
export function isUntouched(app: AppState): boolean {
  const { photos, search, downloads, checkpointImport, checkpointExport, sheet } = app;
  return (
    !isAtWork(app) &&
    photos.ids().length === 0 &&
    !search.asked &&
    downloads.list.length === 0 &&
    checkpointImport.status.phase === 'none' &&
    checkpointExport.work === undefined &&
    app.embeddingExports.work === undefined &&
    sheet === undefined
  );
}
