import type { Desk } from './app-state.svelte';

type Busy = Pick<Desk, 'models' | 'intake' | 'indexing' | 'labels' | 'opening'>;

/** Whether the page is busy with what a person waits for now: a model on its way, photos without their rows or labels. */
export function isAtWork({ models, intake, indexing, labels, opening }: Busy): boolean {
  const { phase } = models.status;
  return (
    phase === 'none' ||
    phase === 'loading' ||
    opening.status.phase === 'working' ||
    intake.reading ||
    indexing.phase === 'waiting' ||
    indexing.phase === 'running' ||
    labels.working
  );
}

/** Whether nothing has been given, typed or begun: the page could be reloaded and nobody would notice. */
export function isUntouched(desk: Desk): boolean {
  const { photos, search, downloads, opening, saving, sheet } = desk;
  return (
    !isAtWork(desk) &&
    photos.ids().length === 0 &&
    !search.asked &&
    downloads.list.length === 0 &&
    opening.status.phase === 'none' &&
    saving.work === undefined &&
    sheet === undefined
  );
}
