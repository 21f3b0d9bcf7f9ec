import { readdir } from 'node:fs/promises';
import { CHECKPOINT_FILES, chooseFiles } from '../../src/clip/checkpoint-files';
import { Failure, messageOf } from '../../src/core/failure';

/** @throws CheckpointIncomplete unless a folder holds a checkpoint with all its files */
export async function requireCheckpoint(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Failure('CheckpointIncomplete', `There is no folder ${folder}: ${messageOf(cause)}`, { cause });
  });
  const { tokenizer } = chooseFiles(
    folder,
    names.map((name) => ({ path: name })),
  );
  if (tokenizer === undefined)
    throw new Failure('CheckpointIncomplete', `${folder} has no ${CHECKPOINT_FILES.tokenizer}.`);
}
