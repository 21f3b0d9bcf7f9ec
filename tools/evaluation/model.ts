import os from 'node:os';
import path from 'node:path';
import { towerFingerprint } from '../../src/clip/fingerprint';
import type { PreprocessSettings } from '../../src/core/preprocess-settings';
import { normaliseInPlace } from '../../src/core/vectors';
import { openEngine } from '../../src/engine/engine';
import type { PictureBatch } from '../../src/engine/pictures';
import type { Provenance } from '../../src/exchange/provenance';
import type { LoadOptions } from '../../src/engine/runs-on';
import { shapeOf } from '../../src/engine/model-shape';
import { nodePlatform } from '../../src/engine/platform-node';
import { fillTemplate } from '../../src/zeroshot/templates';
import { readModelFolder } from '../../src/package/node-model';
import type { UnitRows } from '../../src/core/unit-rows';
import { preprocess } from '../../src/image/preprocess';
import type { Raster } from '../../src/image/raster';

/** Pictures preprocessed at once. */
const BATCH = 64;

/** A checkpoint's two towers on wasm, with the page's preprocessing. */
export interface EvaluatedModel {
  readonly parameters: { readonly image: number; readonly text: number };
  /** 32 hex digits that identify the image tower and its preprocessing. */
  readonly weights: string;
  /** What is said of it beside its embeddings. */
  readonly made: Provenance;
  /** Multiplies a cosine to give a logit. */
  readonly logitScale: number;
  /** One unit row per picture, in order. @param changes to the model's own preprocessing */
  encodePictures(pictures: readonly Raster[], changes?: Partial<PreprocessSettings>): Promise<UnitRows>;
  /** The same of pictures that are prepared. */
  encodeImages(pictures: PictureBatch): Promise<UnitRows>;
  encodeTexts(texts: readonly string[]): Promise<UnitRows>;
  /** One zero-shot classifier row per label: the normalised mean of its templates' embeddings. */
  encodeLabels(labels: readonly string[], templates: readonly string[]): Promise<UnitRows>;
  release(): Promise<void>;
}

/**
 * Opens a checkpoint's folder, in OpenCLIP's form or transformers'.
 * @param arithmetic default: fp32, exactly what is published
 */
export async function openModel(
  folder: string,
  arithmetic: LoadOptions['arithmetic'] = 'fp32',
): Promise<EvaluatedModel> {
  const source = await readModelFolder(folder);
  // A stopped clock: the same batch sizes on every machine, and so the same figures.
  const platform = { ...nodePlatform(os.availableParallelism()), now: () => 0 };
  const engine = await openEngine(source, { backend: 'wasm', arithmetic }, platform);
  const settings = source.architecture.preprocess;
  const [height, width] = settings.size;

  const encodeTexts = (texts: readonly string[]) => engine.encodeTexts(texts);
  return {
    parameters: shapeOf(source.architecture).parameters,
    weights: await towerFingerprint(source.image, settings),
    made: {
      model: path.basename(path.resolve(folder)),
      dim: source.architecture.vision.outputDim,
      precision: engine.runsOn.arithmetic,
      preprocess: settings,
    },
    logitScale: source.logitScale,
    encodePictures: (pictures, changes = {}) =>
      inBatches(pictures, (batch) => {
        const data = Uint8Array.from(
          Buffer.concat(batch.map((picture) => preprocess(picture, { ...settings, ...changes }))),
        );
        return engine.encodeImages({ count: batch.length, height, width, data });
      }),
    encodeImages: (pictures) => engine.encodeImages(pictures),
    encodeTexts,
    async encodeLabels(labels, templates) {
      const all = await Promise.all(
        templates.map((template) => encodeTexts(labels.map((label) => fillTemplate(template, label)))),
      );
      return meanOf(all);
    },
    release: () => engine.release(),
  };
}

/** @param encode returns the rows of a batch, `[batch, dim]` */
async function inBatches<T>(
  inputs: readonly T[],
  encode: (batch: readonly T[]) => Promise<UnitRows>,
): Promise<UnitRows> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < inputs.length; start += BATCH)
    parts.push((await encode(inputs.slice(start, start + BATCH))).data);
  const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { count: inputs.length, dim: data.length / inputs.length, data };
}

function meanOf(all: readonly UnitRows[]): UnitRows {
  const [{ count, dim }] = all as readonly [UnitRows];
  const data = new Float32Array(count * dim);
  for (let at = 0; at < data.length; at++) data[at] = all.reduce((sum, rows) => sum + rows.data[at]!, 0);
  for (let row = 0; row < count; row++) normaliseInPlace(data.subarray(row * dim, (row + 1) * dim));
  return { count, dim, data };
}
