import type { GivenDataset } from '../../../../workers/dataset-api';
import { Failure } from '../../../core/failure';
import type { GivenFile } from '../../kit/given-files';

/**
 * The files of a data set that was picked or dropped: a folder, whose name is the data set's, or several things at once,
 * such as a file of annotations and the folder of its pictures.
 * @param onFile told now and then how many files were found
 * @throws DataSetIncomplete if there is no file, FileUnreadable if one cannot be read
 */
export async function dataFolder(
  given: Iterable<GivenFile> | AsyncIterable<GivenFile>,
  onFile: (count: number) => void,
): Promise<GivenDataset> {
  const files: { path: string; file: File }[] = [];
  for await (const one of given) {
    if (!one.ok) throw new Failure('FileUnreadable', `${one.path}: ${one.message}`);
    files.push({ path: one.path, file: one.file });
    if (files.length % 500 === 0) onFile(files.length);
  }
  if (files.length === 0) throw new Failure('DataSetIncomplete', 'The folder is empty.');
  const [first = ''] = files[0]!.path.split('/');
  const isOneFolder = files.every(({ path }) => path.startsWith(`${first}/`));
  return {
    kind: 'folder',
    name: isOneFolder ? first : 'data set',
    files: isOneFolder
      ? files.map(({ path, file }) => ({ path: path.slice(first.length + 1), file }))
      : files,
  };
}

/** `owner/name` in what a person typed or pasted: a name, or the address of a data set's page; undefined if it is neither. */
export function repositoryOf(text: string): string | undefined {
  const [, name] =
    /^(?:https?:\/\/[^/]+\/)?(?:datasets\/)?([\w.-]+\/[\w.-]+)(?:\/tree\/[^/]*)?\/?$/.exec(text.trim()) ?? [];
  return name;
}
