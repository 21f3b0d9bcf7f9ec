import { CHECKPOINT_FILES, HF_CONFIG, isIndex, shardNames, USUAL_WEIGHTS } from '../clip/checkpoint-files';
import { openClipConfig } from '../clip/hf-form/config';
import { joinedSource, type ByteSource } from '../formats/byte-source';
import type { CheckpointBytes } from './model-source';
import type { TokenizerTexts } from './open-tokenizer';

/** The files of a folder, by name. */
export interface Folder {
  exists(name: string): Promise<boolean>;
  /** Rejects if there is no such file. */
  open(name: string): Promise<ByteSource>;
}

/**
 * Reads the checkpoint in a folder, OpenCLIP's or transformers', by the usual names.
 * @throws what `folder.open` and `openClipConfig` throw
 */
export async function readCheckpointFolder(folder: Folder): Promise<CheckpointBytes> {
  const text = (name: string) => textOf(folder, name);
  const config = (await folder.exists(CHECKPOINT_FILES.config)) ? CHECKPOINT_FILES.config : HF_CONFIG;
  return {
    config: await openClipConfig(config, await text(config), async (part) => {
      const name = CHECKPOINT_FILES[part];
      return (await folder.exists(name)) ? text(name) : undefined;
    }),
    weights: await weights(),
  };

  async function weights() {
    const there = await Promise.all(USUAL_WEIGHTS.map((name) => folder.exists(name)));
    const name = USUAL_WEIGHTS.find((_, at) => there[at]) ?? CHECKPOINT_FILES.weights;
    if (!isIndex(name)) return folder.open(name);
    const parts = shardNames(await text(name), name).map((shard) => folder.open(shard));
    return joinedSource(await Promise.all(parts));
  }
}

/** Reads the tokenizer beside a checkpoint. @throws what `folder.open` throws */
export async function readTokenizerTexts(folder: Folder): Promise<TokenizerTexts> {
  const { tokenizer, tokenizerConfig } = CHECKPOINT_FILES;
  return {
    tokenizer: await textOf(folder, tokenizer),
    ...((await folder.exists(tokenizerConfig)) && { tokenizerConfig: await textOf(folder, tokenizerConfig) }),
  };
}

async function textOf(folder: Folder, name: string): Promise<string> {
  const source = await folder.open(name);
  return new TextDecoder().decode(await source.slice(0, source.byteLength));
}
