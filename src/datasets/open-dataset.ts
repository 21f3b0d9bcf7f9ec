import { Failure } from '../core/failure';
import { openCaptions } from './captions';
import { hasClassFolders, openClassFolders } from './class-folders';
import { isPicture, type DataFiles } from './data-files';
import type { Dataset } from './dataset';
import { findOvad, openOvad } from './ovad';
import { findWds, openWds } from './wds';

/** What systems leave in folders, such as macOS's "._NAME.jpg" and "__MACOSX": no part of a data set. */
const HIDDEN = /(?:^|\/)(?:\.|__MACOSX\/)/;

/**
 * The data set that these files are: one of CLIP_benchmark's in tars, OVAD, pictures with captions, or a folder per
 * class.
 * @param split "test", "train", or as the data set calls it
 * @throws DataSetUnclear if they are none of these, or more than one; DataSetIncomplete, DataSetMalformed, and what
 *   reading throws
 */
export async function openDataset(all: DataFiles, split: string): Promise<Dataset> {
  const files = { ...all, files: all.files.filter(({ path }) => !HIDDEN.test(path)) };
  if (files.files.length === 0) throw new Failure('DataSetIncomplete', `${files.name} is empty.`);
  const wds = findWds(files);
  if (wds) return openWds(files, wds, split);
  const ovad = findOvad(files);
  if (ovad) return openOvad(files, ovad);
  const tar = files.files.find(({ path }) => /\.tar$/i.test(path));
  if (tar && !files.files.some(({ path }) => isPicture(path))) {
    const message = `${tar.path} is a tar without a folder around it that tells, in nshards.txt, how many there are.`;
    throw new Failure('DataSetIncomplete', message);
  }
  const captions = await openCaptions(files, split);
  if (captions) return captions;
  if (hasClassFolders(files)) return openClassFolders(files, split);
  const pictures = files.files.filter(({ path }) => isPicture(path)).length;
  const message =
    pictures === 0
      ? `${files.name} has ${files.files.length} files, and none is a picture or a tar of pictures.`
      : `${files.name} has ${pictures} pictures, and nothing tells what they show.`;
  throw new Failure('DataSetUnclear', message);
}
