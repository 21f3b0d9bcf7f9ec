import type { ModelSummary } from '../../../workers/api';
import type { FetchRequest, ModelsApi, RemoteSource } from '../../../workers/models-api';

/**
 * The request that made a kept model, so that it can be fetched again; undefined if it came from elsewhere.
 *
 * Why its id is compared: a summary names the repository alone, and a part of one, or another hub's, is another model.
 */
export async function requestOf(
  { id, name, repository, commit, precision }: ModelSummary,
  sourceOf: (repository: string) => RemoteSource,
  models: Pick<ModelsApi, 'idOf'>,
): Promise<FetchRequest | undefined> {
  if (repository === undefined) return undefined;
  const source = sourceOf(repository);
  const pinned = commit !== undefined && source.kind === 'hub' ? [{ ...source, revision: commit }] : [];
  for (const one of [source, ...pinned]) {
    const request = { source: one, name, precision };
    if ((await models.idOf(request)) === id) return request;
  }
  return undefined;
}
