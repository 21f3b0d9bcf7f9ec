import type { AppState } from './app-state.svelte';

type Busy = Pick<AppState, 'models' | 'photoImport' | 'indexing' | 'labels' | 'checkpointImport'>;

/** Whether the page is busy with what a person waits for now: a model on its way, photos without their rows or labels. */
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

/** Whether nothing has been given, typed or begun: the page could be reloaded and nobody would notice. */
export function isUntouched(app: AppState): boolean {
  const { photos, search, downloads, checkpointImport, checkpointExport, sheet } = app;
  return (
    !isAtWork(app) &&
    photos.ids().length === 0 &&
    !search.asked &&
    downloads.list.length === 0 &&
    checkpointImport.status.phase === 'none' &&
    checkpointExport.work === undefined &&
    sheet === undefined
  );
}
