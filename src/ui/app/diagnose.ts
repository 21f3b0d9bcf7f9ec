import { diagnosticsText, isOwn } from './diagnostics';
import type { AppState } from './app-state.svelte';

/** The page's state in this browser, as text for a bug report. */
export function diagnose(app: AppState): string {
  const { models, keptModels, photos, indexing, gallery, notices } = app;
  return diagnosticsText({
    version: import.meta.env.CLIPSCOPE_VERSION as string,
    build: import.meta.env.CLIPSCOPE_BUILD as string | undefined,
    userAgent: navigator.userAgent,
    isolated: crossOriginIsolated,
    hasWebGpu: 'gpu' in navigator,
    status: models.status,
    asked: models.backend,
    summary: models.chosen === undefined ? undefined : keptModels.get(models.chosen),
    photos: photos.list.length,
    indexed: indexing.indexed,
    skipped: photos.skipped.length,
    folders: gallery.folders.list.length,
    storage: keptModels.use,
    unkept: gallery.unkept,
    problems: notices.problems,
    ownNames: ownNames(app),
  });
}

function ownNames({ photos, gallery, keptModels, search }: AppState): Set<string> {
  const paths = [...photos.list, ...photos.skipped].map(({ path }) => path);
  return new Set([
    ...paths,
    ...paths.flatMap((path) => path.split('/')),
    ...gallery.libraries.list.map(({ name }) => name),
    ...gallery.folders.list.map(({ name }) => name),
    ...keptModels.list.filter(isOwn).flatMap(({ id, name }) => [id, name]),
    search.text.trim(),
  ]);
}
