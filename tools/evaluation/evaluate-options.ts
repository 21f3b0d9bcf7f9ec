import { parseArgs } from 'node:util';

/** What CLIP_benchmark calls the tasks, and OVAD's. */
export const TASKS = ['zeroshot_classification', 'zeroshot_retrieval', 'linear_probe', 'ovad'] as const;

export type Task = (typeof TASKS)[number];

/** What is to be evaluated, and how. */
export interface EvaluateOptions {
  /** Folder of the checkpoint. */
  readonly model: string;
  /** Its name in the result, and the tag of its weights. */
  readonly name?: string;
  readonly pretrained: string;
  /** A folder, or `hub:OWNER/NAME`. */
  readonly dataset: string;
  readonly hub: string;
  /** Default: the one that the data set is for. */
  readonly task?: Task;
  readonly split: string;
  readonly trainSplit: string;
  /** For a probe: with it, the weight decay is looked for. */
  readonly valSplit?: string;
  readonly recallKs: readonly number[];
  /** For a probe: samples of each class; all without it. */
  readonly shots?: number;
  readonly lr?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed: number;
  readonly language: string;
  /** Folder for embeddings, which a second run finds there; none: they are not kept. */
  readonly keep?: string;
  readonly out?: string;
  readonly csv?: string;
}

export const HELP = `npm run evaluate -- --model DIR --dataset DIR|hub:OWNER/NAME|wds/NAME [options]

  --model DIR         a checkpoint: open_clip_config.json, or transformers' config.json of a CLIPModel or SiglipModel;
                      weights as safetensors or as torch saves them, in one file or with the index of several;
                      tokenizer.json
  --dataset DIR       a folder per class; pictures with captions (Karpathy's file, COCO's JSON, CSV, NAME.txt beside
                      NAME.jpg); ovad2000.json with val2017; or tars as CLIP_benchmark exports them (wds_NAME)
  --dataset hub:OWNER/NAME
                      such tars on a hub, read by ranges: hub:clip-benchmark/wds_flickr30k
  --dataset wds/NAME  the same by CLIP_benchmark's name: wds/flickr30k, wds/vtab/cifar10
  --task TASK         ${TASKS.join(', ')}; default: what the data set is for
  --split NAME        "test" by default
  --recall-k K,K      of retrieval; default: 1,5,10
  --train-split NAME  of a linear probe; "train" by default
  --val-split NAME    with it, the probe's weight decay is looked for
  --fewshot-k K       samples of each class for the probe; default: all
  --lr, --epochs, --batch-size, --seed
                      of the probe; default: CLIP_benchmark's (0.1, 10, 64, seed 0)
  --name NAME         the model's name in the result; default: its folder's
  --pretrained TAG    the tag of its weights in the result
  --language CODE     of the texts, in the result; default: en
  --keep DIR          where embeddings are kept, so that a run goes on where it was stopped and a second metric needs
                      none of the towers again; default: .cache/evaluate
  --no-keep           keeps none
  --hub URL           default: https://huggingface.co
  --out FILE.json     the result as "clip_benchmark build" reads it
  --csv FILE.csv      the same as a table

Pictures that cannot be read are left out, counted and listed.`;

/** @throws TypeError that says what is wrong with an option */
export function readOptions(args: readonly string[]): EvaluateOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      model: { type: 'string' },
      name: { type: 'string' },
      pretrained: { type: 'string', default: '' },
      dataset: { type: 'string' },
      hub: { type: 'string', default: 'https://huggingface.co' },
      task: { type: 'string' },
      split: { type: 'string', default: 'test' },
      'train-split': { type: 'string', default: 'train' },
      'val-split': { type: 'string' },
      'recall-k': { type: 'string', default: '1,5,10' },
      'fewshot-k': { type: 'string' },
      lr: { type: 'string' },
      epochs: { type: 'string' },
      'batch-size': { type: 'string' },
      seed: { type: 'string', default: '0' },
      language: { type: 'string', default: 'en' },
      keep: { type: 'string', default: '.cache/evaluate' },
      'no-keep': { type: 'boolean', default: false },
      out: { type: 'string' },
      csv: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  const { model, dataset, task, name, lr, epochs, seed, out, csv, keep } = values;
  if (model === undefined) throw new TypeError('--model is missing: the folder of a checkpoint.');
  if (dataset === undefined)
    throw new TypeError('--dataset is missing: a folder, hub:OWNER/NAME or wds/NAME.');
  if (task !== undefined && !isTask(task)) {
    throw new TypeError(`--task ${task} is none of ${TASKS.join(', ')}.`);
  }
  const [shots, batchSize, valSplit] = [values['fewshot-k'], values['batch-size'], values['val-split']];
  return {
    model,
    dataset: ofHub(dataset),
    pretrained: values.pretrained,
    hub: values.hub.replace(/\/+$/, ''),
    split: values.split,
    trainSplit: values['train-split'],
    recallKs: values['recall-k'].split(',').map((k) => whole('--recall-k', k, 1)),
    seed: whole('--seed', seed, 0),
    language: values.language,
    ...(task !== undefined && { task }),
    ...(name !== undefined && { name }),
    ...(valSplit !== undefined && { valSplit }),
    ...(shots !== undefined && { shots: whole('--fewshot-k', shots, 1) }),
    ...(lr !== undefined && { lr: positive('--lr', lr) }),
    ...(epochs !== undefined && { epochs: whole('--epochs', epochs, 1) }),
    ...(batchSize !== undefined && { batchSize: whole('--batch-size', batchSize, 1) }),
    ...(!values['no-keep'] && { keep }),
    ...(out !== undefined && { out }),
    ...(csv !== undefined && { csv }),
  };
}

/** The hub's name of a data set that CLIP_benchmark calls `wds/NAME` (`webdataset_builder.py`: `/` is written `-`). */
function ofHub(dataset: string): string {
  const name = /^wds\/(.+)$/.exec(dataset)?.[1];
  return name === undefined ? dataset : `hub:clip-benchmark/wds_${name.replaceAll('/', '-')}`;
}

function isTask(text: string): text is Task {
  return (TASKS as readonly string[]).includes(text);
}

function whole(option: string, text: string, least: number): number {
  if (/^\s*\d+\s*$/.test(text) && Number(text) >= least) return Number(text);
  throw new TypeError(`${option} ${text} is no whole number from ${least} on.`);
}

function positive(option: string, text: string): number {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text);
  throw new TypeError(`${option} ${text} is no number above 0.`);
}
