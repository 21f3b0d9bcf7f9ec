/**
 * Measures how much labels learn from a few examples, with the built-in models on drawings in the two styles that they have
 * never seen. Writes `bench/results/evaluate-learning.json` and the README's table.
 *
 *     npm run evaluate-learning [-- --data FOLDER]
 *
 * Run `make data` in `training` first. How far labels may move from their texts is chosen on styles that the models were
 * trained on (`tried`), not on those that are measured.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeResult } from '../bench/result';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { mulberry32 } from '../src/core/random';
import { pickRows, type UnitRows } from '../src/core/unit-rows';
import { classification } from '../src/evaluation/classification';
import { chooseShots } from '../src/evaluation/linear-probe';
import { shuffled } from '../src/evaluation/probe-training';
import { FREEDOM, learnLabels, type LabelExamples } from '../src/zeroshot/learning';
import { replaceMarked } from './evaluation/cards';
import { readDrawingGroups, type DrawingGroup } from './evaluation/drawing-groups';
import { learningTable, type Learning, type LearningFigures } from './evaluation/learning-table';
import { TEMPLATES } from './evaluation/measure';
import { openModel } from './evaluation/model';

const SHOTS = [1, 2, 4, 8];
const DRAWS = 5;
/** Values of `freedom` that are tried, and the styles that they are tried on, which the models were trained on. */
const FREEDOMS = [4, 16, 64, 256];
const TRIED_ON = ['noto', 'twemoji', 'fluent-emoji'];
/** Drawings of a label in each style: the most examples, and some to try. */
const LEAST = 12;
/** The examples that a text counts for in a blend. */
const TEXT_COUNTS = 8;

const { values: options } = parseArgs({ options: { data: { type: 'string', default: 'training/data' } } });
const { labels, styles } = await readDrawingGroups(options.data, TRIED_ON, LEAST);
const tried: Record<string, number> = {};
const models: Record<string, Record<string, Record<string, LearningFigures>>> = {};
for (const { folder, name } of BUILT_IN_MODELS) {
  const model = await openModel(path.join('static', folder));
  const texts = await model.encodeLabels(labels, TEMPLATES);
  const own: Record<string, Record<string, LearningFigures>> = (models[name] = {});
  for (const style of styles) {
    const isFirst = Object.keys(models).length === 1;
    if (style.isSeen && !isFirst) continue;
    const rows = await model.encodePictures(style.drawings.map(({ picture }) => picture));
    const measured = (freedom: number) => measure(style, rows, texts, model.logitScale, freedom);
    if (style.isSeen) {
      for (const freedom of FREEDOMS) {
        const accuracies = Object.values(await measured(freedom)).map(({ learned }) => learned);
        tried[freedom] = (tried[freedom] ?? 0) + mean(accuracies) / TRIED_ON.length;
      }
    } else {
      own[style.set] = await measured(FREEDOM);
    }
  }
  await model.release();
}
const figures: Learning = { labels: labels.length, draws: DRAWS, tried, models };
await writeResult('evaluate-learning', 'none: Node', { ...figures });
const readme = await readFile('README.md', 'utf8');
await writeFile('README.md', replaceMarked(readme, 'learning', learningTable(figures)));

/** By examples a label. */
async function measure(
  { targets }: DrawingGroup,
  rows: UnitRows,
  texts: UnitRows,
  logitScale: number,
  freedom: number,
): Promise<Record<string, LearningFigures>> {
  const figures: Record<string, LearningFigures> = {};
  for (const shots of SHOTS) {
    const all: LearningFigures[] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      const order = shuffled(rows.count, mulberry32(draw));
      const chosen = chooseShots(targets, order, shots);
      if (!chosen) throw new Error(`A label has fewer than ${shots} drawings`);
      const others = order.filter((at) => !chosen.includes(at));
      const accuracy = async (classifier: UnitRows) => {
        const answers = Array.from(others, (at) => targets[at]!);
        return (await classification(pickRows(rows, others), classifier, answers)).mean_per_class_recall;
      };
      const examples = examplesOf(rows, targets, chosen, texts.count);
      all.push({
        zeroShot: await accuracy(texts),
        learned: await accuracy(await learnLabels(texts, examples, { logitScale, freedom })),
        blended: await accuracy(blended(texts, examples)),
      });
    }
    figures[shots] = {
      zeroShot: mean(all.map(({ zeroShot }) => zeroShot)),
      learned: mean(all.map(({ learned }) => learned)),
      blended: mean(all.map((one) => one.blended)),
    };
  }
  return figures;
}

function examplesOf(rows: UnitRows, targets: Int32Array, chosen: Int32Array, labels: number): LabelExamples {
  const possible = new Uint8Array(chosen.length * labels);
  for (const [at, row] of chosen.entries()) possible[at * labels + targets[row]!] = 1;
  return { rows: pickRows(rows, chosen), possible };
}

/** The mean of a text's row, counted several times, and of its examples. */
function blended(texts: UnitRows, { rows, possible }: LabelExamples): UnitRows {
  const data = Float32Array.from(texts.data, (number) => TEXT_COUNTS * number);
  const counts = new Float64Array(texts.count).fill(TEXT_COUNTS);
  for (let at = 0; at < rows.count; at++) {
    const label = possible.subarray(at * texts.count, (at + 1) * texts.count).indexOf(1);
    counts[label]! += 1;
    for (let i = 0; i < texts.dim; i++) data[label * texts.dim + i]! += rows.data[at * texts.dim + i]!;
  }
  return { ...texts, data: data.map((sum, at) => sum / counts[Math.floor(at / texts.dim)]!) };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
