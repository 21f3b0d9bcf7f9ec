import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pickRows, rowAt, type UnitRows } from '../../src/core/unit-rows';
import { dot } from '../../src/core/vectors';
import { classification } from '../../src/evaluation/classification';
import type { Raster } from '../../src/image/raster';
import type { AlbumPicture } from './album-pictures';
import type { EvaluatedModel } from './model';

/** Side of a picture, in pixels, as written by `training`. */
const SIDE = 96;

/** One picture of each everyday thing in each style, and what people call every concept. */
export interface PlainNames {
  /** Names of the everyday things. */
  readonly things: readonly string[];
  /** By a concept's name, what is typed to find it: "a cat". */
  readonly said: Readonly<Record<string, string>>;
  readonly pictures: readonly PlainPicture[];
}

export interface PlainPicture {
  readonly style: string;
  /** Whether the models were trained on the style. */
  readonly isSeen: boolean;
  /** The name of the thing it shows. */
  readonly name: string;
  readonly picture: Raster;
}

/** Fractions of names whose best picture shows what is named, 0..1. */
export interface PlainNameFigures {
  /** Over the sample album, for everything it shows. */
  readonly album: number;
  /** Over one picture of each everyday thing: the mean of the styles trained on. */
  readonly seenStyles: number;
  readonly unseenStyles: Readonly<Record<string, number>>;
}

/** Reads what `make data` in `training` wrote to `folder`. */
export async function readPlainNames(folder: string): Promise<PlainNames> {
  const listed = JSON.parse(await readFile(path.join(folder, 'plain-names.json'), 'utf8')) as PlainNames;
  const bytes = await readFile(path.join(folder, 'plain-names.rgb'));
  const each = SIDE * SIDE * 3;
  const pictures = listed.pictures.map((row, at): PlainPicture => {
    const data = bytes.subarray(at * each, (at + 1) * each);
    return { ...row, picture: { width: SIDE, height: SIDE, channels: 3, data } };
  });
  return { ...listed, pictures };
}

export async function measurePlainNames(
  model: EvaluatedModel,
  { things, said, pictures }: PlainNames,
  album: readonly AlbumPicture[],
  albumRows: UnitRows,
): Promise<PlainNameFigures> {
  const typed = (names: readonly string[]) => model.encodeTexts(names.map((name) => said[name]!));
  const texts = await typed(things);
  const styles = new Map<string, { isSeen: boolean; found: number }>();
  for (const style of new Set(pictures.map((one) => one.style))) {
    const own = pictures.filter((one) => one.style === style);
    const rows = await model.encodePictures(own.map(({ picture }) => picture));
    const asked = pickRows(
      texts,
      own.map(({ name }) => things.indexOf(name)),
    );
    const { acc1: found } = await classification(asked, rows, [...own.keys()]);
    styles.set(style, { isSeen: own[0]!.isSeen, found });
  }
  const seen = [...styles.values()].filter(({ isSeen }) => isSeen).map(({ found }) => found);
  const names = [...new Set(album.flatMap(({ shows }) => shows))];
  return {
    album: shareFound(names, await typed(names), album, albumRows),
    seenStyles: seen.reduce((a, b) => a + b, 0) / seen.length,
    unseenStyles: Object.fromEntries(
      [...styles].filter(([, { isSeen }]) => !isSeen).map(([style, { found }]) => [style, found]),
    ),
  };
}

/** The fraction of names whose best picture shows the thing; several may. */
function shareFound(
  names: readonly string[],
  texts: UnitRows,
  album: readonly AlbumPicture[],
  pictures: UnitRows,
): number {
  const right = names.filter((name, at) => {
    const scores = album.map((_, picture) => dot(rowAt(texts, at), rowAt(pictures, picture)));
    return album[scores.indexOf(Math.max(...scores))]!.shows.includes(name);
  });
  return right.length / names.length;
}
