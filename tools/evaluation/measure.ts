import { pickRows, rowAt, type UnitRows } from '../../src/core/unit-rows';
import { dot } from '../../src/core/vectors';
import { classification } from '../../src/evaluation/classification';
import type { AlbumPicture } from './album-pictures';
import type { HeldOut, HeldOutDrawing } from './held-out';
import type { EvaluatedModel } from './model';
import { measurePlainNames, type PlainNameFigures, type PlainNames } from './plain-names';

/** The templates of every label; their three embeddings are averaged. */
export const TEMPLATES = ['{}', 'a drawing of {}', 'an icon of {}'] as const;

interface TopK {
  readonly top1: number;
  readonly top5: number;
}

/** Fractions, 0..1. */
export interface ModelFigures {
  readonly parameters: { readonly image: number; readonly text: number };
  /** By unseen style. */
  readonly styles: Readonly<Record<string, StyleFigures>>;
  /** Fraction of questions answered correctly, by kind. */
  readonly questions: Readonly<Record<string, number>>;
  /** "a NAME" as a search. */
  readonly plainNames: PlainNameFigures;
  /** The sample album: caption to picture, and picture to caption. */
  readonly album: { readonly captionToPicture: TopK; readonly pictureToCaption: TopK };
}

export interface StyleFigures {
  readonly drawings: number;
  /** Zero-shot over the names of all concepts. */
  readonly names: TopK;
  /** From a name to its drawing among all drawings of the style. */
  readonly nameToDrawing: TopK;
  /** Zero-shot over the everyday things only, with the number of drawings in the style. */
  readonly everyday: TopK & { readonly drawings: number };
}

/** @param everyday indices of the everyday concepts */
export async function measure(
  model: EvaluatedModel,
  { concepts, drawings, questions }: HeldOut,
  everyday: readonly number[],
  plainNames: PlainNames,
  album: readonly AlbumPicture[],
): Promise<ModelFigures> {
  const albumRows = await model.encodePictures(album.map(({ picture }) => picture));
  const names = await model.encodeLabels(
    concepts.map(({ name }) => spoken(name)),
    TEMPLATES,
  );
  const words = await model.encodeLabels(
    everyday.map((at) => concepts[at]!.everyday[0]!),
    TEMPLATES,
  );
  const styles: Record<string, StyleFigures> = {};
  for (const set of new Set(drawings.map((drawing) => drawing.set))) {
    const own = drawings.filter((drawing) => drawing.set === set);
    styles[set] = await measureStyle(model, own, names, words, everyday);
  }
  return {
    parameters: model.parameters,
    styles,
    questions: await answerAll(model, questions),
    plainNames: await measurePlainNames(model, plainNames, album, albumRows),
    album: await measureAlbum(model, album, albumRows),
  };
}

async function measureStyle(
  model: EvaluatedModel,
  drawings: readonly HeldOutDrawing[],
  names: UnitRows,
  words: UnitRows,
  everyday: readonly number[],
): Promise<StyleFigures> {
  const rows = await model.encodePictures(drawings.map(({ picture }) => picture));
  const concepts = drawings.map(({ concept }) => concept);
  const familiar = drawings.flatMap(({ concept }, at) => (everyday.includes(concept) ? [at] : []));
  return {
    drawings: drawings.length,
    names: await topK(rows, names, concepts),
    nameToDrawing: await topK(pickRows(names, concepts), rows, [...drawings.keys()]),
    everyday: {
      drawings: familiar.length,
      ...(await topK(
        pickRows(rows, familiar),
        words,
        familiar.map((at) => everyday.indexOf(concepts[at]!)),
      )),
    },
  };
}

async function answerAll(
  model: EvaluatedModel,
  questions: HeldOut['questions'],
): Promise<Record<string, number>> {
  const pictures = await model.encodePictures(questions.map(({ picture }) => picture));
  const texts = [...new Set(questions.flatMap(({ choices }) => choices))];
  const rows = await model.encodeTexts(texts);
  const right: Record<string, number[]> = {};
  for (const [at, { kind, choices, answer }] of questions.entries()) {
    const picture = rowAt(pictures, at);
    const scores = choices.map((choice) => dot(picture, rowAt(rows, texts.indexOf(choice))));
    (right[kind] ??= []).push(scores.indexOf(Math.max(...scores)) === answer ? 1 : 0);
  }
  return Object.fromEntries(
    Object.entries(right).map(([kind, hits]) => [kind, hits.reduce((a, b) => a + b, 0) / hits.length]),
  );
}

async function measureAlbum(
  model: EvaluatedModel,
  album: readonly AlbumPicture[],
  pictures: UnitRows,
): Promise<ModelFigures['album']> {
  const captions = await model.encodeTexts(album.map(({ caption }) => caption));
  const same = [...album.keys()];
  return {
    captionToPicture: await topK(captions, pictures, same),
    pictureToCaption: await topK(pictures, captions, same),
  };
}

/** @param answers for each query, the index of its one correct candidate of five or more */
async function topK(queries: UnitRows, candidates: UnitRows, answers: readonly number[]): Promise<TopK> {
  const { acc1, acc5 } = await classification(queries, candidates, answers);
  return { top1: acc1, top5: acc5! };
}

/** A CLDR name in everyday spelling, as in the training captions. */
function spoken(name: string): string {
  return name.toLowerCase().replace(/[:“”]/g, '').replace(/’/g, "'").replace(/\s+/g, ' ').trim();
}
