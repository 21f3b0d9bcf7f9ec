/**
 * Evaluates the built-in models with Clipscope's own engine, on unseen styles and compositions and on the sample album.
 * Writes `bench/results/evaluate-builtin.json`, the README's table and the model cards.
 *
 *     npm run evaluate-builtin [-- --beside FOLDER]... [--print]
 *
 * Run `make data` in `training` first. `--beside` also evaluates another checkpoint, named after its folder; `--print`
 * writes nothing.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeResult } from '../bench/result';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { decodeAlbum } from './evaluation/album-pictures';
import {
  cardTables,
  replaceMarked,
  summaryTable,
  trainingText,
  type Evaluation,
  type Training,
} from './evaluation/cards';
import { readHeldOut } from './evaluation/held-out';
import { measure } from './evaluation/measure';
import { openModel } from './evaluation/model';
import { readPlainNames } from './evaluation/plain-names';

const { values: options } = parseArgs({
  options: { beside: { type: 'string', multiple: true }, print: { type: 'boolean' } },
});
const built = BUILT_IN_MODELS.map(({ folder }) => path.join('static', folder));
const heldOut = await readHeldOut('training/data');
const plainNames = await readPlainNames('training/data');
const everyday = plainNames.things.map((name) =>
  heldOut.concepts.findIndex((concept) => concept.name === name),
);
const { album, browser } = await decodeAlbum('static/album');
const models: Record<string, Evaluation['models'][string]> = {};
for (const folder of [...built, ...(options.beside ?? [])]) {
  const model = await openModel(folder);
  const { size } = await stat(path.join(folder, CHECKPOINT_FILES.weights));
  models[path.basename(folder)] = {
    storedBytes: size,
    ...(await measure(model, heldOut, everyday, plainNames, album)),
  };
  await model.release();
}
if (options.print) {
  console.log(JSON.stringify(models, null, 2));
} else {
  await writeResult('evaluate-builtin', browser, { models });
  await write('README.md', 'built-in models', summaryTable({ models }));
  const trained = JSON.parse(await readFile('training/results/models.json', 'utf8')) as Record<
    string,
    Training
  >;
  for (const folder of built) {
    const [card, name] = [path.join(folder, 'README.md'), path.basename(folder)];
    await write(card, 'figures', cardTables({ models }, name));
    await write(card, 'training', trainingText(trained[name]!));
  }
}
console.log(summaryTable({ models }));

async function write(file: string, marker: string, content: string): Promise<void> {
  await writeFile(file, replaceMarked(await readFile(file, 'utf8'), marker, content));
}
