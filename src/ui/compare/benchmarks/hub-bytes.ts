import type { ListedDataset } from '../../../../workers/dataset-api';

/** Bytes of a part's files on the hub, in its folder; undefined if it has none. */
export function hubBytes({ files }: Pick<ListedDataset, 'files'>, split: string): number | undefined {
  const own = files.filter(({ path }) => path.startsWith(`${split}/`));
  return own.length === 0 ? undefined : own.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
