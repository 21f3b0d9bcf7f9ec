import type { FolderRecord } from '../../library/records';
import { SINGLE_FILES } from '../photos/photo';

type Folder = Pick<FolderRecord, 'id' | 'name'>;

/**
 * What the address calls a folder, since its id says nothing in another browser: its name, the second of that name
 * `NAME/2`, and photos without a folder by no name at all.
 */
export function folderName(folders: readonly Folder[], id: number): string | undefined {
  if (id === SINGLE_FILES) return '';
  const name = folders.find((folder) => folder.id === id)?.name;
  if (name === undefined) return undefined;
  const place = namesakes(folders, name).findIndex((folder) => folder.id === id);
  return place === 0 ? name : `${name}/${place + 1}`;
}

/** The reverse; undefined if there is no such folder. */
export function folderNamed(folders: readonly Folder[], name: string): number | undefined {
  if (name === '') return SINGLE_FILES;
  const [whole, base, place] = /^(.*)\/(\d+)$/s.exec(name) ?? [];
  if (whole === undefined) return namesakes(folders, name)[0]?.id;
  return namesakes(folders, base ?? '')[Number(place) - 1]?.id;
}

function namesakes(folders: readonly Folder[], name: string): readonly Folder[] {
  return folders.filter((folder) => folder.name === name);
}
