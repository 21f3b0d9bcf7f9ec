import type { DatasetSummary, GivenDataset, ReadPart, SkippedSample } from '../../../../workers/dataset-api';
import { entryOfRepository } from '../../../clip/catalogue';
import { threadNeed } from '../../../clip/thread-need';
import { Failure, failureName } from '../../../core/failure';
import { baseId } from '../../../core/model-id';
import { turns } from '../../../core/tasks';
import type { EvaluationResult } from '../../../evaluation/results';
import { pace } from '../../indexing/pace';
import type { GivenFile } from '../../kit/given-files';
import { plural } from '../../kit/words';
import type { CompareParts } from '../view';
import { dataFolder, repositoryOf } from './data-folder';
import { Gate } from './gate.svelte';
import { runBenchmark, type RunProgress } from './run-benchmark';

export type BenchmarksParts = Pick<
  CompareParts,
  'models' | 'keptModels' | 'hub' | 'notices' | 'records' | 'now' | 'today'
> & {
  readonly workers: Pick<CompareParts['workers'], 'images' | 'evaluation' | 'models' | 'openClip'>;
  /** The browser, with its version. */
  readonly browser: string;
};

/** The data set that is open, and where its files are. */
export interface OpenedDataset {
  readonly given: GivenDataset;
  readonly summary: DatasetSummary;
}

/** What is being done. */
export type BenchmarkWork =
  | { readonly phase: 'opening'; readonly files: number }
  | { readonly phase: 'loading'; readonly model: string }
  | ({ readonly phase: 'running'; readonly model: string } & RunProgress);

const TOPIC = 'benchmark';

/** A data set with known answers, and what the chosen models reach on it. */
export class Benchmarks {
  #opened = $state.raw<OpenedDataset | undefined>(undefined);
  #work = $state.raw<BenchmarkWork | undefined>(undefined);
  #rate = $state<number | undefined>(undefined);
  /** Ids of models; undefined until the user has chosen. */
  #chosen = $state.raw<ReadonlySet<string> | undefined>(undefined);
  #split = $state('test');
  #skipped = $state.raw<readonly SkippedSample[]>([]);
  #keptBytes = $state(0);
  /** The repository on the hub of each result's model. */
  #repositories = $state.raw<ReadonlyMap<EvaluationResult, string>>(new Map());

  readonly #parts: BenchmarksParts;
  readonly #turns = turns();
  #gate = $state.raw(new Gate());
  /** Ends the clip worker of the model that is being measured. */
  #endModel = () => {};

  constructor(parts: BenchmarksParts) {
    this.#parts = parts;
    void this.#measureKept();
  }

  get opened(): OpenedDataset | undefined {
    return this.#opened;
  }

  get work(): BenchmarkWork | undefined {
    return this.#work;
  }

  get isPaused(): boolean {
    return this.#gate.isClosed;
  }

  /** Pictures a second; undefined while unknown. */
  get rate(): number | undefined {
    return this.isPaused ? undefined : this.#rate;
  }

  get split(): string {
    return this.#split;
  }

  /** Pictures of the last run that were left out. */
  get skipped(): readonly SkippedSample[] {
    return this.#skipped;
  }

  /** Bytes of embeddings kept of data sets. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** The models that can be measured. */
  get models() {
    return this.#parts.keptModels.list;
  }

  /** Results on the open data set. */
  get results(): readonly EvaluationResult[] {
    const { name, split } = this.#opened?.summary ?? {};
    return this.#parts.records.results.filter(
      ({ dataset, details }) => dataset === name && details?.split === split,
    );
  }

  /** The repository on the hub of a result's model; undefined if it came from elsewhere. */
  repositoryOf(result: EvaluationResult): string | undefined {
    return this.#repositories.get(result);
  }

  /** Whether a model is to be measured: that of the page, until the user has chosen others. */
  isChosen(id: string): boolean {
    if (this.#chosen) return this.#chosen.has(id);
    const { ready } = this.#parts.models;
    return ready !== undefined && baseId(ready.summary.id) === id;
  }

  choose(id: string, isChosen: boolean): void {
    const others = this.models.map((model) => model.id).filter((one) => one !== id && this.isChosen(one));
    this.#chosen = new Set(isChosen ? [...others, id] : others);
  }

  /** Opens a folder of the user's. */
  async openFolder(given: Iterable<GivenFile> | AsyncIterable<GivenFile>): Promise<void> {
    await this.#open(async () =>
      dataFolder(given, (files) => {
        if (this.#work?.phase === 'opening') this.#work = { phase: 'opening', files };
      }),
    );
  }

  /** Opens a data set on the hub: `owner/name`, or the address of its page. */
  async openHub(text: string): Promise<void> {
    const { hub, workers } = this.#parts;
    await this.#open(async () => {
      const repository = repositoryOf(text);
      if (repository === undefined) {
        const message = `“${text.trim()}” names no data set: it takes owner/name, such as clip-benchmark/wds_flickr30k`;
        throw new Failure('HubNotFound', message);
      }
      await hub.reach(hub.source(repository));
      return { kind: 'hub', ...(await workers.models.listDataset(hub.address, repository)) };
    });
  }

  /** Opens another part of the same data set. */
  async openSplit(split: string): Promise<void> {
    this.#split = split;
    const given = this.#opened?.given;
    if (given) await this.#open(async () => given);
  }

  /** Closes the data set; what was measured on it stays. */
  close(): void {
    this.cancel();
    this.#opened = undefined;
    this.#skipped = [];
  }

  /** Measures the chosen models, one after another. */
  async measure(): Promise<void> {
    const { notices } = this.#parts;
    if (!this.#opened || this.#work) return;
    const isLatest = this.#turns.begin();
    this.#gate = new Gate();
    this.#skipped = [];
    notices.clear(TOPIC);
    try {
      for (const { id } of this.models.filter((model) => this.isChosen(model.id))) {
        if (isLatest()) await this.#measureOne(id, this.#opened, isLatest);
      }
    } catch (error) {
      if (isLatest() && failureName(error) !== 'Cancelled') {
        notices.report(TOPIC, error, { label: 'Go on', run: () => void this.measure() });
      }
    } finally {
      if (isLatest()) this.#rest();
      await this.#measureKept();
    }
  }

  pause(): void {
    this.#gate.close();
  }

  resume(): void {
    this.#gate.open();
  }

  /** Stops measuring, or opening. What was embedded is kept. */
  cancel(): void {
    this.#turns.end();
    this.#gate.stop();
    this.#endModel();
    this.#rest();
  }

  /** Deletes the embeddings kept of data sets. */
  async forgetKept(): Promise<void> {
    const { workers, notices } = this.#parts;
    try {
      await workers.evaluation.forgetKept();
      notices.say('Kept embeddings of data sets are deleted');
    } catch (error) {
      notices.report(TOPIC, error);
    }
    await this.#measureKept();
  }

  /** Nothing is being done: the run lets go of what it keeps, which another may want. */
  #rest(): void {
    if (this.#work?.phase === 'running') {
      this.#parts.workers.evaluation.endRun().catch(() => undefined);
    }
    this.#work = undefined;
    this.#rate = undefined;
    this.#gate = new Gate();
  }

  async #open(find: () => Promise<GivenDataset>): Promise<void> {
    const { workers, notices } = this.#parts;
    this.cancel();
    const isLatest = this.#turns.begin();
    notices.clear(TOPIC);
    this.#work = { phase: 'opening', files: 0 };
    try {
      const given = await find();
      const summary = await workers.evaluation.openDataset(given, this.#split, this.#readerOf(given));
      if (!isLatest()) return;
      this.#opened = { given, summary };
      this.#skipped = [];
      notices.say(`${summary.name} is open`);
    } catch (error) {
      if (isLatest()) notices.report(TOPIC, error);
    } finally {
      if (isLatest()) this.#rest();
    }
  }

  #readerOf(given: GivenDataset): ReadPart | undefined {
    if (given.kind === 'folder') return undefined;
    const { hub, repository, commit } = given;
    return (path, byteLength, start, end) =>
      this.#parts.workers.models.readDataset({ hub, repository, commit }, { path, byteLength }, start, end);
  }

  async #measureOne(id: string, { given, summary }: OpenedDataset, isLatest: () => boolean): Promise<void> {
    const { workers, keptModels, models, records, notices, today, browser } = this.#parts;
    const known = keptModels.get(id);
    const name = known?.name ?? id;
    const worker = workers.openClip();
    const gate = this.#gate;
    this.#endModel = () => worker.end();
    try {
      this.#work = { phase: 'loading', model: name };
      const options = {
        backend: models.backend ?? 'auto',
        // What is published of a model was measured in full precision.
        arithmetic: 'fp32',
        threads: threadNeed(known),
      } as const;
      const model = await worker.clip.load(id, options, () => undefined);
      if (!isLatest()) return;
      // The worker that reads may be another than the one that opened it.
      await workers.evaluation.openDataset(given, this.#split, this.#readerOf(given));
      const speed = pace();
      let last: number | undefined;
      const run = await runBenchmark(model, summary, {
        clip: worker.clip,
        images: workers.images,
        evaluation: workers.evaluation,
        gate,
        onProgress: (progress) => {
          if (!isLatest()) return;
          this.#work = { phase: 'running', model: name, ...progress };
          if (progress.stage !== 'pictures') this.#rate = undefined;
          else {
            speed.step(progress.done - (last ?? progress.done), this.#parts.now());
            last = progress.done;
            this.#rate = speed.perSecond();
          }
        },
        onUnkept: () =>
          notices.warn(TOPIC, {
            happened: 'This browser keeps nothing for this page, so embeddings are lost when it closes.',
            todo: 'Leave the page open until the measurement is through.',
          }),
      });
      if (!isLatest()) return;
      const { repository, commit, precision } = model.summary;
      const entry = repository === undefined ? undefined : entryOfRepository(repository);
      const result: EvaluationResult = {
        dataset: summary.name,
        model: entry?.architecture ?? name,
        pretrained: entry ? entry.id.slice(entry.id.indexOf(':') + 1) : '',
        task: run.task,
        metrics: run.metrics,
        language: 'en',
        details: {
          split: summary.split,
          samples: run.samples,
          skipped: run.skipped.length,
          precision,
          backend: model.runsOn.backend,
          adapter: model.runsOn.device,
          runtime: browser,
          weights: model.weights,
          ...(commit !== undefined && { modelRevision: commit }),
          ...(given.kind === 'hub' && { datasetRevision: given.commit }),
          measured: new Date(today()).toISOString(),
        },
      };
      if (repository !== undefined) {
        this.#repositories = new Map(this.#repositories).set(result, repository);
      }
      records.add(result);
      this.#skipped = run.skipped;
      notices.say(`${name} is measured on ${summary.name}: ${plural(run.samples, 'picture')}`);
    } finally {
      worker.end();
    }
  }

  async #measureKept(): Promise<void> {
    this.#keptBytes = await this.#parts.workers.evaluation.keptBytes().catch(() => 0);
  }
}
