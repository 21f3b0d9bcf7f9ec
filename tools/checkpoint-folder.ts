import {
  CHECKPOINT_FILES,
  HF_CONFIG,
  isIndex,
  shardNames,
  USUAL_WEIGHTS,
} from '../src/clip/checkpoint-files';
import { openClipConfig } from '../src/clip/hf-form/config';
import { joinedSource, bufferSource } from '../src/formats/byte-source';
import type { CheckpointBytes } from '../src/engine/model-source';

/** The files of a folder, by name. */
export interface Folder {
  exists(name: string): Promise<boolean>;
  /** Rejects if there is no such file. */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Reads the checkpoint in a folder, OpenCLIP's or transformers', by the usual names. */
export async function readCheckpointFolder(folder: Folder): Promise<CheckpointBytes> {
  const text = async (name: string) => new TextDecoder().decode(await folder.bytes(name));
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
    if (!isIndex(name)) return bufferSource(await folder.bytes(name));
    const parts = shardNames(await text(name), name).map(async (shard) =>
      bufferSource(await folder.bytes(shard)),
    );
    return joinedSource(await Promise.all(parts));
  }
}
