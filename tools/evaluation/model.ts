import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { nodeRuntime } from '../../src/clip/session-node';
import { createTokenizer } from '../../src/clip/text/tokenizer';
import { openImageTower, openTextTower } from '../../src/clip/towers';
import { memoryFiles, storeTensors } from '../../src/clip/weights/weights';
import { normaliseInPlace } from '../../src/core/vectors';
import { fillTemplate } from '../../src/zeroshot/templates';
import { bufferSource } from '../../src/formats/byte-source';
import type { Rows } from '../../src/evaluation/recall';
import { normalise, preprocess } from '../../src/image/preprocess';
import type { Raster } from '../../src/image/raster';

/** Inputs a run: large enough to keep two cores busy, small enough to stay in their caches. */
const BATCH = 64;

/** A checkpoint's two towers in fp32 on wasm, fed as the page feeds them. */
export interface EvaluatedModel {
  readonly parameters: { readonly image: number; readonly text: number };
  /** Unit rows, in the order of the pictures. */
  encodePictures(pictures: readonly Raster[]): Promise<Rows>;
  encodeTexts(texts: readonly string[]): Promise<Rows>;
  /** For each label the unit mean of its templates' embeddings, as a zero-shot classifier has it. */
  encodeLabels(labels: readonly string[], templates: readonly string[]): Promise<Rows>;
  release(): Promise<void>;
}

/** Opens an OpenCLIP checkpoint's folder. */
export async function openModel(folder: string): Promise<EvaluatedModel> {
  const read = (name: string) => readFile(path.join(folder, name));
  const weights = bufferSource(await read(CHECKPOINT_FILES.weights));
  const checkpoint = await readCheckpoint((await read(CHECKPOINT_FILES.config)).toString(), weights);
  const { architecture, tensors } = checkpoint;
  const tokenizer = createTokenizer(JSON.parse((await read(CHECKPOINT_FILES.tokenizer)).toString()), {
    ...architecture.tokenizer,
    padId: 0,
  });
  const runtime = { ort: await nodeRuntime(os.availableParallelism()), provider: { name: 'wasm' } } as const;
  const kept = async (tower: 'image' | 'text') => {
    const { append, files } = memoryFiles(tower);
    return { tensors: await storeTensors(weights, tensors[tower], 'fp32', append), files };
  };
  const image = await openImageTower(runtime, architecture.vision, await kept('image'));
  const text = await openTextTower(runtime, architecture.text, await kept('text'));
  const { size, mean, std } = architecture.preprocess;

  const encodePictures = (pictures: readonly Raster[]) =>
    inBatches(pictures, (batch) => {
      const bytes = Buffer.concat(batch.map((picture) => preprocess(picture, architecture.preprocess)));
      return image.encode(normalise(Uint8Array.from(bytes), batch.length, ...size, mean, std), batch.length);
    });
  const encodeTexts = (texts: readonly string[]) =>
    inBatches(texts, (batch) => text.encode(tokenizer.encode(batch), batch.length));
  return {
    parameters: { image: parametersOf(tensors.image), text: parametersOf(tensors.text) },
    encodePictures,
    encodeTexts,
    async encodeLabels(labels, templates) {
      const all = await Promise.all(
        templates.map((template) => encodeTexts(labels.map((label) => fillTemplate(template, label)))),
      );
      return meanOf(all);
    },
    async release() {
      await image.release();
      await text.release();
    },
  };
}

async function inBatches<T>(
  inputs: readonly T[],
  encode: (batch: readonly T[]) => Promise<Float32Array>,
): Promise<Rows> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < inputs.length; start += BATCH)
    parts.push(await encode(inputs.slice(start, start + BATCH)));
  const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { count: inputs.length, dim: data.length / inputs.length, data };
}

function meanOf(all: readonly Rows[]): Rows {
  const [{ count, dim }] = all as readonly [Rows];
  const data = new Float32Array(count * dim);
  for (let at = 0; at < data.length; at++) data[at] = all.reduce((sum, rows) => sum + rows.data[at]!, 0);
  for (let row = 0; row < count; row++) normaliseInPlace(data.subarray(row * dim, (row + 1) * dim));
  return { count, dim, data };
}

function parametersOf(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): number {
  return [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
