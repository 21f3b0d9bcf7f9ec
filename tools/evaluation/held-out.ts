import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Raster } from '../../src/image/raster';

/** Sides of a drawing and of a question's picture, in pixels, as written by `training`. */
export const DRAWING_SIDE = 96;
const QUESTION_SIDE = 192;

/** A named thing with drawings. */
export interface Concept {
  readonly name: string;
  /** Everyday names, most common first; empty for most. */
  readonly everyday: readonly string[];
}

/** A drawing on white in a style held out from training. */
export interface HeldOutDrawing {
  readonly set: string;
  /** The concept's index. */
  readonly concept: number;
  readonly picture: Raster;
}

/** A picture, the possible answers, and the index of the correct one. */
export interface Question {
  readonly kind: string;
  readonly choices: readonly string[];
  readonly answer: number;
  readonly picture: Raster;
}

/** The test data of the built-in models, none of it used in training. */
export interface HeldOut {
  readonly concepts: readonly Concept[];
  readonly drawings: readonly HeldOutDrawing[];
  readonly questions: readonly Question[];
}

/** Reads what `make data` in `training` wrote to `folder`. @throws Error with instructions if it is missing */
export async function readHeldOut(folder: string): Promise<HeldOut> {
  const file = (name: string) => path.join(folder, name);
  for (const name of ['concepts.json', 'held-out.json', 'held-out.rgba', 'questions.json', 'questions.rgb'])
    if (!existsSync(file(name)))
      throw new Error(`${file(name)} is missing: run "make data" in the folder training first.`);
  const json = async (name: string) => JSON.parse(await readFile(file(name), 'utf8')) as unknown;
  const rows = (await json('held-out.json')) as Omit<HeldOutDrawing, 'picture'>[];
  const asked = (await json('questions.json')) as Omit<Question, 'picture'>[];
  const [drawn, shown] = [await readFile(file('held-out.rgba')), await readFile(file('questions.rgb'))];
  return {
    concepts: (await json('concepts.json')) as Concept[],
    drawings: rows.map((row, at) => ({ ...row, picture: onWhite(drawn, at) })),
    questions: asked.map((row, at) => ({ ...row, picture: rgbAt(shown, at) })),
  };
}

/** The premultiplied drawing at `index`, composited on white. */
export function onWhite(rgba: Buffer, index: number): Raster {
  const pixels = DRAWING_SIDE * DRAWING_SIDE;
  const data = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = (index * pixels + pixel) * 4;
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 3 + channel] = Math.min(255, rgba[from + channel]! + 255 - rgba[from + 3]!);
  }
  return { width: DRAWING_SIDE, height: DRAWING_SIDE, channels: 3, data };
}

function rgbAt(rgb: Buffer, index: number): Raster {
  const bytes = QUESTION_SIDE * QUESTION_SIDE * 3;
  return {
    width: QUESTION_SIDE,
    height: QUESTION_SIDE,
    channels: 3,
    data: rgb.subarray(index * bytes, (index + 1) * bytes),
  };
}
