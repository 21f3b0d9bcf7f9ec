import { expose, transfer } from 'comlink';
import { batchSizer } from '../src/clip/batching';
import { imageFingerprint } from '../src/clip/fingerprint';
import { Failure } from '../src/core/failure';
import { baseId, sizeOfId } from '../src/core/model-id';
import { serial } from '../src/core/tasks';
import { normalise } from '../src/image/preprocess';
import type { ClipApi, Embeddings, PictureBatch } from './api';
import { findBuiltIn, openBuiltIn } from './sources/built-in-models';
import { atImageSize } from './clip/image-size';
import { openKept } from './sources/kept-store';
import { holdLifeLock } from './life-lock';
import { loadTowers, type LoadedTowers } from './clip/loaded-towers';
import type { ModelSource } from './sources/model-source';

/** The longest that a typed query should wait behind a batch, in milliseconds. */
const BATCH_CAP_MS = 300;
const MOST_PICTURES = 32;
const MOST_TEXTS = 64;

/** Which waiting job starts first: a query before label rows before pictures, and loading before all of them. */
const LEVEL = { pictures: 0, texts: 1, query: 2, load: 3 } as const;

interface Loaded {
  readonly source: ModelSource;
  readonly towers: LoadedTowers;
  readonly pictures: ReturnType<typeof batchSizer>;
  readonly texts: ReturnType<typeof batchSizer>;
}

const queue = serial();
let loaded: Loaded | undefined;

const api: ClipApi = {
  load: (id, options, onProgress) =>
    queue(async () => {
      await unload();
      const [base, imageSize] = [baseId(id), sizeOfId(id)];
      const builtIn = findBuiltIn(base);
      const found = builtIn === undefined ? await openKept(base) : await openBuiltIn(builtIn, onProgress);
      const source = imageSize === undefined ? found : await atImageSize(found, imageSize);
      const towers = await loadTowers(source, options, onProgress);
      loaded = {
        source,
        towers,
        pictures: batchSizer(BATCH_CAP_MS, MOST_PICTURES),
        texts: batchSizer(BATCH_CAP_MS, MOST_TEXTS),
      };
      const { summary, architecture, logitScale, logitBias } = source;
      const { preprocess } = architecture;
      const weights = await imageFingerprint(source.image, preprocess);
      const hasText = source.text !== undefined;
      return { summary, weights, runsOn: towers.runsOn, preprocess, hasText, logitScale, logitBias };
    }, LEVEL.load),

  encodeImages: async (model, pictures) => {
    const { vision } = requireModel(model).source.architecture;
    requireSize(pictures, vision.imageSize);
    const dim = vision.outputDim;
    const data = new Float32Array(pictures.count * dim);
    for (let done = 0; done < pictures.count;) {
      done += await queue(() => encodeSomePictures(model, pictures, done, data), LEVEL.pictures);
    }
    return embeddings(model, pictures.count, dim, data);
  },

  encodeTexts: async (model, texts) => {
    const dim = requireModel(model).source.architecture.text.outputDim;
    const data = new Float32Array(texts.length * dim);
    const level = texts.length === 1 ? LEVEL.query : LEVEL.texts;
    for (let done = 0; done < texts.length;) {
      done += await queue(() => encodeSomeTexts(model, texts, done, data), level);
    }
    return embeddings(model, texts.length, dim, data);
  },

  unload: () => queue(unload, LEVEL.load),
};

expose(api);
holdLifeLock();

/** Encodes the next batch from `start` on into `out` and returns its size. */
async function encodeSomePictures(
  model: string,
  pictures: PictureBatch,
  start: number,
  out: Float32Array,
): Promise<number> {
  const { source, towers, pictures: sizer } = requireModel(model);
  const { height, width, data } = pictures;
  const count = Math.min(sizer.next(), pictures.count - start);
  const area = height * width * 3;
  const { mean, std } = source.architecture.preprocess;
  const bytes = data.subarray(start * area, (start + count) * area);
  const tower = await towers.during(towers.image());
  const began = performance.now();
  const pixels = normalise(bytes, count, height, width, mean, std);
  const rows = await towers.during(tower.encode(pixels, count));
  sizer.learn(count, performance.now() - began);
  out.set(rows, start * tower.outputDim);
  return count;
}

/** Likewise for texts. */
async function encodeSomeTexts(
  model: string,
  texts: readonly string[],
  start: number,
  out: Float32Array,
): Promise<number> {
  const { source, towers, texts: sizer } = requireModel(model);
  const some = texts.slice(start, start + sizer.next());
  const tower = await towers.during(towers.text());
  const began = performance.now();
  const ids = source.tokenizer.encode(some);
  const rows = await towers.during(tower.encode(ids, some.length));
  sizer.learn(some.length, performance.now() - began);
  out.set(rows, start * tower.outputDim);
  return some.length;
}

/** @throws ModelNotLoaded */
function requireModel(model: string): Loaded {
  if (loaded?.source.summary.id === model) return loaded;
  throw new Failure('ModelNotLoaded', `The model ${model} is not loaded.`);
}

/** @throws RangeError for pictures of another size than the tower's: a mistake of the caller */
function requireSize({ height, width }: PictureBatch, [rows, columns]: readonly [number, number]): void {
  if (height === rows && width === columns) return;
  throw new RangeError(`Pictures of ${width} x ${height}, the tower takes ${columns} x ${rows}.`);
}

function embeddings(model: string, count: number, dim: number, data: Float32Array<ArrayBuffer>): Embeddings {
  return transfer({ model, count, dim, data }, [data.buffer]);
}

async function unload(): Promise<void> {
  const previous = loaded;
  loaded = undefined;
  await previous?.towers.release();
}
