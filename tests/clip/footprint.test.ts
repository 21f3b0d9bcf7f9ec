import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { keptBytesOf, modelSizeOf } from '../../src/clip/footprint';
import { memoryFiles, storeTensors } from '../../src/clip/weights/weights';
import { bufferSource } from '../../src/formats/byte-source';

it.each(['fastvit-folded', 'mobileclip2-s2', 'coca-b'])(
  'the size of a model is that of the tensors it has: %s',
  async (name) => {
    const folder = `tests/fixtures/zoo/towers/${name}`;
    const source = bufferSource(new Uint8Array(await readFile(`${folder}/open_clip_model.safetensors`)));
    const config = await readFile(`${folder}/open_clip_config.json`, 'utf8');
    const { architecture, tensors } = await readCheckpoint(config, source);
    for (const precision of ['fp32', 'fp16-storage'] as const) {
      let kept = 0;
      for (const tower of ['image', 'text'] as const) {
        const { append } = memoryFiles(tower);
        const stored = await storeTensors(source, tensors[tower], precision, append);
        for (const { byteLength } of stored) kept += byteLength;
      }
      expect(keptBytesOf(modelSizeOf(architecture, tensors), precision)).toBe(kept);
    }
  },
);
