import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readCheckpoint } from '../src/clip/checkpoint';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { imageGraph } from '../src/clip/graph/image-graph';
import { storeTensors } from '../src/clip/weights/weights';
import { bufferSource } from '../src/formats/byte-source';

/** The names that transformers.js gives the graph of an image tower; its weights' ends in "_data". */
const GRAPHS = { 16: 'vision_model_fp16.onnx', 32: 'vision_model.onnx' } as const;

/** Installs the peers' own packages; their install scripts, which download more, are not run. */
export function installPeers(): void {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: path.join(import.meta.dirname, 'peers'),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}

/**
 * Writes the image tower of an OpenCLIP checkpoint into `folder` as transformers.js wants it: the graph that Clipscope
 * runs in so many bits, its weights beside it, and the two configs of a CLIP with pictures of this size.
 */
export async function writePeerModel(checkpoint: string, folder: string, bits: 16 | 32 = 32): Promise<void> {
  const [graphName, weightsName] = [GRAPHS[bits], `${GRAPHS[bits]}_data`];
  const read = (name: string) => readFile(path.join(checkpoint, name));
  const weights = bufferSource(await read(CHECKPOINT_FILES.weights));
  const config = (await read(CHECKPOINT_FILES.config)).toString();
  const { architecture, tensors } = await readCheckpoint(config, weights);
  const { vision, preprocess } = architecture;
  await mkdir(path.join(folder, 'onnx'), { recursive: true });
  const file = await open(path.join(folder, 'onnx', weightsName), 'w');
  let offset = 0;
  const stored = await storeTensors(
    weights,
    tensors.image,
    bits === 16 ? 'fp16-storage' : 'fp32',
    async (bytes) => {
      await file.write(bytes);
      offset += bytes.byteLength;
      return { file: weightsName, offset: offset - bytes.byteLength };
    },
  );
  await file.close();
  const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  const { model: graph } = imageGraph(vision, byName, {
    attention: bits === 16 ? 'fused' : 'split',
    arithmetic: bits === 16 ? 'fp16' : 'fp32',
  });
  await writeFile(path.join(folder, 'onnx', graphName), graph);
  const [height, width] = preprocess.size;
  const configs = {
    'config.json': { model_type: 'clip', architectures: ['CLIPModel'] },
    'preprocessor_config.json': {
      image_processor_type: 'CLIPImageProcessor',
      do_convert_rgb: true,
      do_resize: true,
      size: { shortest_edge: height },
      resample: 3,
      do_center_crop: true,
      crop_size: { height, width },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: preprocess.mean,
      image_std: preprocess.std,
    },
  };
  for (const [name, content] of Object.entries(configs))
    await writeFile(path.join(folder, name), JSON.stringify(content, null, 2));
}
