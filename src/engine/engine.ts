import { readPart } from '../clip/text/read-part';
import { imageFamily } from '../clip/families/image-families';
import { Failure } from '../core/failure';
import { serial, type LetPass } from '../core/tasks';
import { withinSeconds } from '../core/time-limit';
import type { UnitRows } from '../core/unit-rows';
import { normalisedInput, type Frame } from '../image/frame';
import { normalise } from '../image/preprocess';
import { batchSizer, LONGEST_RUN, MOST_PICTURES, type BatchSizer } from './batch-sizer';
import { loadTowers, type OpeningProgress } from './loaded-towers';
import { fitTogether, pictureRoom } from './memory-budget';
import type { ModelSource } from './model-source';
import type { PictureBatch, PictureRows } from './pictures';
import type { Platform } from './platform';
import type { LoadOptions, RunsOn } from './runs-on';
import { faultOf } from './sound-rows';
import { checkSound, requireSound } from './soundness';
import { overflowKey } from './trust';

const MOST_TEXTS = 64;

/** Time to tokenize the texts of a run, which takes milliseconds. */
const TOKENIZING_SECONDS = 10;

/** Priority of waiting runs: release, then query, then other texts (label rows), then pictures. */
const LEVEL = { pictures: 0, texts: 1, query: 2, release: 3 } as const;

/**
 * A loaded model. Calls may overlap: each is split into runs, and a single text overtakes waiting runs, and the parts of
 * one.
 */
export interface Engine {
  /** May change when half precision overflows in a run: then the model runs in full precision from there on. */
  readonly runsOn: RunsOn;
  /** Whether frames are resized faster here than where they are decoded. */
  readonly takesFrames: boolean;
  /**
   * One row per picture, in order; pictures have the architecture's height and width.
   * @throws RangeError for pictures of another size; ModelNotLoaded after `release`; WeightsUnusable, DeviceLost,
   *   OutOfMemory
   */
  encodeImages(pictures: PictureBatch): Promise<PictureRows>;
  /**
   * The same for pictures as they were decoded, resized by this model's preprocessing.
   * @throws as `encodeImages`, and BackendUnavailable
   */
  encodeFrames(frames: readonly Frame[]): Promise<PictureRows>;
  /**
   * One row per text, in order.
   * @throws ModelNotLoaded after `release`; TowerMissing, WeightsUnusable, DeviceLost, OutOfMemory
   */
  encodeTexts(texts: readonly string[]): Promise<UnitRows>;
  /** Texts that are too long for the model, each with the beginning that it reads. */
  cutTexts(texts: readonly string[]): ReadonlyMap<string, string>;
  /** Frees the towers and the device once the current run has ended. Waiting runs are rejected. */
  release(): Promise<void>;
}

/** Inputs for one tower, encoded in runs. */
interface Work<Tower> {
  /** As in `requireSound`. */
  readonly what: string;
  readonly count: number;
  readonly dim: number;
  readonly sizer: BatchSizer;
  /** One of `LEVEL`. */
  readonly level: number;
  /** Opens the tower if needed; not timed. */
  readonly open: () => Promise<Tower>;
  /** Encodes inputs `start` to `end` (exclusive); `between` is for a tower that runs in parts. */
  readonly encode: (
    tower: Tower,
    start: number,
    end: number,
    between: () => Promise<void>,
  ) => Promise<Float32Array>;
}

/**
 * Opens a model on the fastest backend that computes correctly.
 * @throws OutOfMemory; BackendUnavailable if even wasm fails; WeightsUnusable if its embeddings are no unit rows
 *   or all alike; ModelTooLarge if a picture takes more memory than this device has
 */
export async function openEngine(
  source: ModelSource,
  options: LoadOptions,
  platform: Platform,
  onProgress?: (progress: OpeningProgress) => void,
): Promise<Engine> {
  const tokenizing = { by: 'tokenizer', model: source.id } as const;
  const idsOf = (texts: readonly string[]) =>
    withinSeconds(TOKENIZING_SECONDS, tokenizing, () => source.tokenizer.encode(texts));
  const tower = source.architecture.vision;
  imageFamily(tower).requireSize(tower, pictureRoom(platform.gibibytes));
  let towers = await loadTowers(source, options, platform, onProgress);
  try {
    const withText = source.text !== undefined && fitTogether(source, platform.gibibytes);
    await checkSound(towers, source, withText ? (one) => idsOf([one]) : undefined, platform);
  } catch (error) {
    // Report the original failure.
    await towers.release().catch(() => undefined);
    throw error;
  }
  const queue = serial();
  const { vision, text, preprocess } = source.architecture;
  const pictureRuns = batchSizer(
    LONGEST_RUN,
    towers.batch ?? MOST_PICTURES[towers.runsOn.backend],
    towers.batch,
  );
  const textRuns = batchSizer(LONGEST_RUN, MOST_TEXTS);
  let released = false;

  /** Opens the towers again in full precision, in which the run is then tried again. */
  async function leaveHalfPrecision(): Promise<void> {
    await platform.gpu?.passed.add(overflowKey(source, platform.gpu));
    await towers.release();
    towers = await loadTowers(source, { ...options, arithmetic: 'fp32' }, platform);
  }

  /** Lets queries pass between the parts of a run, and measures the longest time that one would have waited. */
  function pauses(letPass: LetPass) {
    let [began, longest] = [platform.now(), 0];
    return {
      async between(): Promise<void> {
        // To open the text tower may take the image tower's room.
        if (!towers.areBothOpen()) return;
        longest = Math.max(longest, platform.now() - began);
        await letPass(LEVEL.query);
        began = platform.now();
      },
      longestWait: () => Math.max(longest, platform.now() - began),
    };
  }

  async function inRuns<Tower>(work: Work<Tower>): Promise<UnitRows> {
    const { what, count, dim, sizer, level, open, encode } = work;
    const data = new Float32Array(count * dim);
    for (let start = 0; start < count;) {
      start = await queue(async (letPass) => {
        if (released) throw new Failure('ModelNotLoaded', `The model ${source.id} is not loaded.`);
        const end = Math.min(count, start + sizer.next());
        const tower = await open();
        const { between, longestWait } = pauses(letPass);
        const rows = await encode(tower, start, end, between);
        const milliseconds = longestWait();
        if (towers.runsOn.arithmetic === 'fp16' && faultOf(rows, dim) !== undefined) {
          await leaveHalfPrecision();
          return start;
        }
        requireSound(what, rows, dim);
        data.set(rows, start * dim);
        sizer.learn(end - start, milliseconds);
        return end;
      }, level);
    }
    return { count, dim, data };
  }

  /** @throws RangeError */
  function requireSize(height: number, width: number): void {
    const [rows, columns] = vision.imageSize;
    if (height !== rows || width !== columns)
      throw new RangeError(`Pictures of ${width} x ${height}, the tower takes ${columns} x ${rows}.`);
  }

  /** @param inputOf the tower's input of pictures `start` to `end`, on the GPU of `batch` pictures */
  async function encodePictures(
    count: number,
    inputOf: (start: number, end: number, batch: number) => Promise<Float32Array | GPUBuffer>,
  ): Promise<PictureRows> {
    const made = await inRuns({
      what: 'The image tower',
      count,
      dim: vision.outputDim,
      sizer: pictureRuns,
      level: LEVEL.pictures,
      open: () => towers.image(),
      encode: async (tower, start, end, between) =>
        tower.encode(await inputOf(start, end, tower.batchOf(end - start)), end - start, between),
    });
    return { ...made, nextBatch: pictureRuns.next() };
  }

  return {
    get runsOn() {
      return towers.runsOn;
    },
    takesFrames: towers.resize !== undefined,

    async encodeImages({ count, height, width, data }) {
      requireSize(height, width);
      const area = height * width * 3;
      const { mean, std } = preprocess;
      return encodePictures(count, async (start, end) =>
        normalise(data.subarray(start * area, end * area), end - start, height, width, mean, std),
      );
    },

    async encodeFrames(frames) {
      for (const { fit } of frames) requireSize(fit.vertical.target, fit.horizontal.target);
      return encodePictures(frames.length, async (start, end, batch) => {
        const some = frames.slice(start, end);
        return towers.resize ? towers.resize.input(some, batch) : normalisedInput(some, preprocess);
      });
    },

    encodeTexts: (texts) =>
      inRuns({
        what: 'The text tower',
        count: texts.length,
        dim: text.outputDim,
        sizer: textRuns,
        level: texts.length === 1 ? LEVEL.query : LEVEL.texts,
        open: () => towers.text(),
        encode: (tower, start, end) => tower.encode(idsOf(texts.slice(start, end)), end - start),
      }),

    cutTexts: (texts) => {
      const { tokenizer } = source;
      return withinSeconds(TOKENIZING_SECONDS, tokenizing, () => {
        const cut = texts.filter((text) => tokenizer.isCut(text));
        return new Map(cut.map((text) => [text, readPart(text, (part) => tokenizer.isCut(part))]));
      });
    },

    release: () =>
      queue(() => {
        released = true;
        return towers.release();
      }, LEVEL.release),
  };
}
