import { existsSync } from 'node:fs';
import path from 'node:path';
import { readCheckpointFolder, readTokenizerTexts } from '../engine/checkpoint-folder';
import { readModel, type ModelSource } from '../engine/model-source';
import { fileSource } from './node-file';

/**
 * Reads the checkpoint in a folder of this disk, OpenCLIP's or transformers', with its tokenizer.
 * @throws FileUnreadable for a file that is missing, and what `readModel` throws
 */
export async function readModelFolder(folder: string): Promise<ModelSource> {
  const at = (name: string) => path.join(folder, name);
  const files = {
    exists: async (name: string) => existsSync(at(name)),
    open: (name: string) => fileSource(at(name)),
  };
  const checkpoint = { ...(await readCheckpointFolder(files)), ...(await readTokenizerTexts(files)) };
  return readModel({ id: folder, name: folder, precision: 'fp32' }, checkpoint);
}
