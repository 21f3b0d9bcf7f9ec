import { expose, transfer } from 'comlink';
import { towerFingerprint } from '../src/clip/fingerprint';
import { wasmBytes } from '../src/clip/wasm-memory';
import { Failure } from '../src/core/failure';
import { baseId, sizeOfId } from '../src/core/model-id';
import { shortDigest } from '../src/core/short-digest';
import { serial } from '../src/core/tasks';
import { announceTimeLimits } from '../src/core/time-limit';
import { prepareBackend } from '../src/engine/backends';
import { openEngine, type Engine } from '../src/engine/engine';
import { atImageSize } from '../src/engine/image-size';
import type { Platform } from '../src/engine/platform';
import type { ClipApi, ClipOptions, OpenedModel, Progress } from './api';
import { browserPlatform } from './clip/browser-platform';
import { holdLifeLock } from './life-lock';
import { findBuiltIn, openBuiltIn } from './sources/built-in-models';
import type { FoundModel } from './sources/found-model';
import { modelStore, openKept } from './sources/kept-store';

interface Loaded {
  readonly model: string;
  readonly engine: Engine;
  /** What `load` was given, and its answer. */
  readonly request: string;
  readonly answer: OpenedModel;
}

/** Of the first model: the page starts another worker for one that needs other threads. */
let platform: Platform | undefined;

/** Loads and unloads run one at a time. */
const turns = serial();
let loaded: Loaded | undefined;

const api: ClipApi = {
  load: (id, options, onProgress) =>
    turns(async () => {
      const request = JSON.stringify([id, options]);
      if (loaded?.request === request && loaded.answer.hasText) return loaded.answer;
      const here = (platform ??= browserPlatform(options.threads));
      void prepareBackend(options, here);
      // Before the loaded model is let go: it stays if there is no other.
      const { summary, source } = await findModel(id, onProgress);
      await unload();
      const engine = await openEngine(source, options, here, onProgress);
      const { logitScale, logitBias, image, text, architecture } = source;
      const { preprocess } = architecture;
      const weights = await towerFingerprint(image, preprocess);
      const answer = {
        summary,
        weights,
        rows: await rowsOf(weights, options),
        runsOn: engine.runsOn,
        ...(engine.takesFrames && { takesFrames: true as const }),
        preprocess,
        hasText: text !== undefined,
        logitScale,
        logitBias,
      };
      loaded = { model: source.id, engine, request, answer };
      return answer;
    }),

  encodeImages: async (model, pictures) => {
    const rows = await requireModel(model).encodeImages(pictures);
    return transfer({ model, ...rows }, [rows.data.buffer]);
  },

  encodeFrames: async (model, frames) => {
    const rows = await requireModel(model).encodeFrames(frames);
    return transfer({ model, ...rows }, [rows.data.buffer]);
  },

  encodeTexts: async (model, texts) => {
    const rows = await requireModel(model).encodeTexts(texts);
    return transfer({ model, ...rows }, [rows.data.buffer]);
  },

  cutTexts: async (model, texts) => requireModel(model).cutTexts(texts),

  wasmBytes: async () => wasmBytes(),

  unload: () => turns(unload),
};

expose(api);
holdLifeLock();
announceTimeLimits((limit) => self.postMessage(limit));

/** The model of this id, at the image size in the id. */
async function findModel(id: string, onProgress: (progress: Progress) => void): Promise<FoundModel> {
  const [base, imageSize] = [baseId(id), sizeOfId(id)];
  const builtIn = findBuiltIn(base);
  const found =
    builtIn === undefined ? await openKept(await modelStore(), base) : await openBuiltIn(builtIn, onProgress);
  if (imageSize === undefined) return found;
  const source = await atImageSize(found.source, imageSize);
  return { source, summary: { ...found.summary, id: source.id, imageSize } };
}

/**
 * What identifies the rows of a model.
 *
 * Why rows of int8, of half and of full precision stand in one index, unless full precision was asked for: what may
 * choose its arithmetic claims no more than that it was judged, by pictures as different as the arithmetics can tell
 * (cosine 0.995 and more; two photos of one thing differ by far more), so rows kept by earlier versions stay, and a
 * library moves between devices. Who asks for full precision is promised it: such rows are kept under another name.
 */
async function rowsOf(weights: string, { arithmetic }: ClipOptions): Promise<string> {
  if (arithmetic === 'auto') return weights;
  return shortDigest(new TextEncoder().encode(`${weights} ${arithmetic}`).buffer);
}

/** @throws ModelNotLoaded */
function requireModel(model: string): Engine {
  if (loaded?.model === model) return loaded.engine;
  throw new Failure('ModelNotLoaded', `The model ${model} is not loaded.`);
}

async function unload(): Promise<void> {
  const previous = loaded;
  loaded = undefined;
  await previous?.engine.release();
}
