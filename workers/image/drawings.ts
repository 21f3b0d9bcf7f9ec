import { wrap } from 'comlink';
import { grouped } from '../../src/core/digits';
import { Failure, failureName } from '../../src/core/failure';
import { startThread } from '../../src/core/time-limit';
import type { DrawingApi } from './drawing-api';

/** Maximum time for a drawing, in seconds. */
const DEADLINE = 10;

/** Maximum number of tags: a detailed map has some 100,000. */
const MOST_TAGS = 400_000;

/** "<". */
const TAG = 0x3c;

/** A worker that draws. */
export interface Drawer {
  readonly api: DrawingApi;
  /** Rejects if the worker cannot start or dies. */
  readonly died: Promise<never>;
  end(): void;
}

/** Rejects after some seconds, unless `stop` is called before. */
export interface Deadline {
  readonly passed: Promise<never>;
  stop(): void;
}

/**
 * Draws SVG files as PNG in a worker of its own.
 *
 * Why not on the page: a small file can make any renderer work for minutes (references inside references, stacked
 * filters), and a page cannot interrupt its own. A worker is ended, and the next drawing gets a new one.
 */
export class Drawings {
  readonly #start: () => Drawer;
  readonly #deadline: (seconds: number) => Deadline;
  #drawer: Drawer | undefined;

  constructor(start = startWorker, deadline = startDeadline) {
    this.#start = start;
    this.#deadline = deadline;
  }

  /**
   * A PNG of `drawingSize`, on a clear ground.
   * @throws PictureUnreadable, PictureTooComplex; NetworkFailed or WorkerDied, which say nothing of the drawing
   */
  async draw(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const tags = file.reduce((count, byte) => count + Number(byte === TAG), 0);
    if (tags > MOST_TAGS) {
      throw new Failure('PictureTooComplex', `this drawing has more than ${grouped(MOST_TAGS)} tags`);
    }
    const drawer = (this.#drawer ??= this.#start());
    let deadline: Deadline | undefined;
    try {
      const svg = new TextDecoder().decode(file);
      // A slow network is not the drawing's fault.
      await Promise.race([drawer.api.load(svg), drawer.died]);
      deadline = this.#deadline(DEADLINE);
      return await Promise.race([drawer.api.draw(svg), drawer.died, deadline.passed]);
    } catch (error) {
      // Whatever happened, its memory may be damaged.
      drawer.end();
      if (this.#drawer === drawer) this.#drawer = undefined;
      if (failureName(error)) throw error;
      const words = 'this SVG cannot be drawn: it is damaged or not SVG at all';
      throw new Failure('PictureUnreadable', words, { cause: error });
    } finally {
      deadline?.stop();
    }
  }
}

function startWorker(): Drawer {
  const worker = startThread(
    () => new Worker(new URL('../drawing.worker.ts', import.meta.url), { type: 'module' }),
  );
  const died = new Promise<never>((_, reject) => {
    worker.addEventListener('error', () => {
      reject(new Failure('WorkerDied', 'what draws SVG stopped'));
    });
  });
  died.catch(() => undefined);
  return { api: wrap<DrawingApi>(worker), died, end: () => worker.terminate() };
}

function startDeadline(seconds: number): Deadline {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<never>((_, reject) => {
    const words = `this drawing was not done after ${seconds} seconds`;
    timer = setTimeout(() => reject(new Failure('PictureTooComplex', words)), seconds * 1000);
  });
  passed.catch(() => undefined);
  return { passed, stop: () => clearTimeout(timer) };
}
