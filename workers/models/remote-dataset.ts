import { remoteSource } from '../../src/hub/remote-source';
import { DATASETS, fileAddress, readRepository } from '../../src/hub/repository';
import type { ListedDataset } from '../dataset-api';
import type { ModelsParts } from './parts';

/** `ModelsApi.listDataset` */
export async function listDataset(
  { connection }: Pick<ModelsParts, 'connection'>,
  hub: string,
  repository: string,
): Promise<ListedDataset> {
  const found = await readRepository({ hub, repository: DATASETS + repository }, connection);
  const { name, commit, licence } = found;
  const files = found.files.map(({ path, byteLength }) => ({ path, byteLength }));
  return { hub, repository: name, commit, ...(licence !== undefined && { licence }), files };
}

/** `ModelsApi.readDataset` */
export function readDataset(
  { connection }: Pick<ModelsParts, 'connection'>,
  { hub, repository, commit }: Pick<ListedDataset, 'hub' | 'repository' | 'commit'>,
  { path, byteLength }: ListedDataset['files'][number],
  start: number,
  end: number,
): Promise<ArrayBuffer> {
  const address = { hub, repository: DATASETS + repository };
  return remoteSource(fileAddress(address, commit, path), byteLength, connection).slice(start, end);
}
