import os from 'node:os';
import path from 'node:path';
import { shortDigest } from '../../src/core/short-digest';
import { isPicture } from '../../src/datasets/data-files';
import type { SkippedSample } from '../../src/datasets/dataset';
import { EmbeddingLog, noLogFile } from '../../src/datasets/embedding-log';
import { openDataset } from '../../src/datasets/open-dataset';
import { linearProbe } from '../../src/evaluation/linear-probe';
import { measure, taskName } from '../../src/evaluation/measure';
import { PROBE_SETTINGS, type Labelled } from '../../src/evaluation/probe-training';
import type { EvaluationResult, Metrics } from '../../src/evaluation/results';
import { DatasetRun } from '../../workers/evaluation/dataset-run';
import { folderFiles, hubFiles, type NodeDataFiles } from './dataset-files';
import { embedPictures, embedTexts } from './evaluate-dataset';
import type { EvaluateOptions } from './evaluate-options';
import { openLogFile } from './log-file';
import { openModel, type EvaluatedModel } from './model';

export interface Evaluated {
  readonly result: EvaluationResult;
  readonly skipped: readonly SkippedSample[];
}

/**
 * Evaluates a checkpoint on a data set.
 * @param say told what is done, as one line
 * @param open opens the checkpoint's folder
 * @throws TypeError if the data set is not for the task; what reading the data set and the checkpoint throws
 */
export async function evaluate(
  options: EvaluateOptions,
  say: (line: string) => void,
  open = openModel,
): Promise<Evaluated> {
  const hubName = /^hub:(.+\/.+)$/.exec(options.dataset)?.[1];
  const files =
    hubName === undefined
      ? await folderFiles(options.dataset, isPicture)
      : await hubFiles(options.hub, hubName);
  const run = await openRun(options, files, options.split);
  const task = options.task ?? taskName(run.dataset.task);
  requireTask(run, task);
  const model = await open(options.model);
  let opened: DatasetRun | undefined;
  try {
    opened = await run.open(model);
    const metrics =
      task === 'linear_probe'
        ? await probe(options, files, model, opened, say)
        : await zeroShot(options, model, opened, say);
    const { dataset, done, skipped } = opened;
    const result: EvaluationResult = {
      dataset: dataset.name,
      model: options.name ?? path.basename(path.resolve(options.model)),
      pretrained: options.pretrained,
      task,
      metrics,
      language: options.language,
      details: {
        split: dataset.split,
        samples: done - skipped.length,
        skipped: skipped.length,
        precision: 'fp32',
        backend: 'wasm',
        runtime: `Node ${process.versions.node}, ${os.type()} ${os.arch()}`,
        weights: model.weights,
        ...(files.commit !== undefined && { datasetRevision: files.commit }),
        measured: new Date().toISOString(),
      },
    };
    return { result, skipped };
  } finally {
    await opened?.close();
    await model.release();
  }
}

/** A data set that was read enough to know what it is, and its run once there is a model. */
async function openRun(options: EvaluateOptions, files: NodeDataFiles, split: string) {
  const dataset = await openDataset(files, split);
  return {
    dataset,
    async open(model: EvaluatedModel): Promise<DatasetRun> {
      const identity = JSON.stringify([model.weights, dataset.name, dataset.split, files.version, 'Node']);
      const name = await shortDigest(new TextEncoder().encode(identity).buffer);
      const { keep } = options;
      const file =
        keep === undefined ? noLogFile() : await openLogFile(path.join(keep, `${name}.embeddings`));
      return new DatasetRun(dataset, await EmbeddingLog.open(file, identity));
    },
  };
}

/** @throws TypeError if the data set is for another task */
function requireTask({ dataset }: { readonly dataset: DatasetRun['dataset'] }, task: string): void {
  const own = taskName(dataset.task);
  const fits = task === 'linear_probe' ? dataset.task === 'classification' : task === own;
  if (!fits) throw new TypeError(`${dataset.name} is a data set for ${own}, not for ${task}.`);
}

async function zeroShot(
  { recallKs }: EvaluateOptions,
  model: EvaluatedModel,
  run: DatasetRun,
  say: (line: string) => void,
): Promise<Metrics> {
  await embedPictures(run, model, counting(say, run.dataset.split));
  await embedTexts(run, model, counting(say, run.dataset.split));
  return measure(run.outcome(), recallKs);
}

async function probe(
  options: EvaluateOptions,
  files: NodeDataFiles,
  model: EvaluatedModel,
  test: DatasetRun,
  say: (line: string) => void,
): Promise<Metrics> {
  const labelled = async (run: DatasetRun): Promise<Labelled> => {
    await embedPictures(run, model, counting(say, run.dataset.split));
    return run.labelled();
  };
  const other = async (split: string): Promise<Labelled> => {
    const run = await (await openRun(options, files, split)).open(model);
    try {
      return await labelled(run);
    } finally {
      await run.close();
    }
  };
  const { valSplit, shots, seed, lr, epochs, batchSize } = options;
  const trained = await linearProbe({
    train: await other(options.trainSplit),
    validation: valSplit === undefined ? undefined : await other(valSplit),
    test: await labelled(test),
    settings: {
      lr: lr ?? PROBE_SETTINGS.lr,
      epochs: epochs ?? PROBE_SETTINGS.epochs,
      batchSize: batchSize ?? PROBE_SETTINGS.batchSize,
      weightDecay: PROBE_SETTINGS.weightDecay,
    },
    shots,
    seed,
  });
  if (trained === undefined) throw new TypeError(`A class has fewer than ${shots} samples to train with.`);
  return { ...trained.metrics };
}

function counting(say: (line: string) => void, split: string) {
  return (what: 'pictures' | 'texts', done: number, total: number | undefined) =>
    say(`${split}: ${done}${total === undefined ? '' : ` of ${total}`} ${what}`);
}
