import { Failure, failureName, type FailureName } from '../../src/core/failure';
import type { Dataset } from '../../src/datasets/dataset';
import { EmbeddingLog, noLogFile } from '../../src/datasets/embedding-log';
import type { LogFile } from '../../src/datasets/record-log';
import { openDataset } from '../../src/datasets/open-dataset';
import { measure, taskName } from '../../src/evaluation/measure';
import type { DatasetApi, RunState } from '../dataset-api';
import { DatasetRun } from './dataset-run';
import { givenFiles, versionOf } from './given-files';
import { keptRuns } from './kept-runs';

/** Without these, embeddings last as long as the worker. */
const UNKEPT: readonly (FailureName | undefined)[] = ['StorageUnavailable', 'PageInsecure', 'StorageFull'];

interface OpenRun {
  readonly run: DatasetRun;
  readonly identity: string;
  readonly unkept: FailureName | undefined;
}

/** Evaluates models on data sets. @param root the origin's private file system */
export function createDatasets(root: () => Promise<FileSystemDirectoryHandle>): DatasetApi {
  const kept = keptRuns(root);
  let opened: { readonly dataset: Dataset; readonly version: string } | undefined;
  let current: OpenRun | undefined;

  function requireRun(): OpenRun {
    if (current) return current;
    throw new Failure('DataSetUnclear', 'No data set is being evaluated.');
  }

  const stateOf = ({ run, unkept }: OpenRun): RunState => ({
    done: run.done,
    ...(unkept !== undefined && { unkept }),
  });

  async function endRun(): Promise<void> {
    const ended = current;
    current = undefined;
    await ended?.run.close();
  }

  return {
    async openDataset(given, split, read) {
      await endRun();
      opened = undefined;
      const dataset = await openDataset(givenFiles(given, read), split);
      opened = { dataset, version: versionOf(given) };
      const { name, task, classNames, templates, attributes = [], preprocess, count } = dataset;
      return {
        name,
        split: dataset.split,
        task,
        classes: classNames.length + attributes.length,
        templates: templates.length,
        ...(preprocess && { preprocess }),
        ...(count !== undefined && { count }),
      };
    },
    async beginRun({ id, weights, backend, arithmetic }) {
      await endRun();
      if (!opened) throw new Failure('DataSetUnclear', 'No data set is open.');
      const { dataset, version } = opened;
      const identity = JSON.stringify([
        id,
        weights,
        backend,
        arithmetic,
        dataset.name,
        dataset.split,
        version,
      ]);
      let unkept: FailureName | undefined;
      let file: LogFile;
      try {
        file = await kept.open(identity);
      } catch (error) {
        unkept = failureName(error);
        if (!UNKEPT.includes(unkept)) throw error;
        file = noLogFile();
      }
      const run = new DatasetRun(dataset, await EmbeddingLog.open(file, identity));
      current = { run, identity, unkept };
      return stateOf(current);
    },
    nextPictures: async (count) => requireRun().run.next(count),
    async addPictures(number, rows, failures) {
      const open = requireRun();
      await open.run.add(number, rows, failures);
      return stateOf(open);
    },
    nextTexts: async (count) => requireRun().run.nextTexts(count),
    addTexts: async (rows) => requireRun().run.addTexts(rows),
    async measureRun() {
      const { run } = requireRun();
      return {
        metrics: await measure(run.outcome()),
        task: taskName(run.dataset.task),
        samples: run.done - run.skipped.length,
        skipped: run.skipped,
      };
    },
    endRun,
    keptBytes: () => kept.bytes().catch(() => 0),
    forgetKept: () => kept.forget(current?.identity),
  };
}
