import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelSummary, Progress } from '../../../../workers/api';
import type { ArchitectureQuestion, CheckpointFiles } from '../../../../workers/models-api';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import { CheckpointImport } from '../../../../src/ui/models/kept/checkpoint-import.svelte';
import { folder } from '../../fake-folder';
import { deferred, failure, settled, summary } from '../../fakes';

const QUESTION: ArchitectureQuestion = {
  key: 'activation',
  label: 'Activation',
  choices: [
    { value: 'gelu', label: 'GELU' },
    { value: 'quick_gelu', label: 'QuickGELU' },
  ],
  preset: 'gelu',
};

let given: CheckpointFiles[];
let told: (progress: Progress) => void;
let answer: ReturnType<typeof deferred<ModelSummary>>;
let asked: number;
let restarts: number;
let ended: string[];
let questions: readonly ArchitectureQuestion[];
let notices: Notices;
let checkpointImport: CheckpointImport;
let pick: () => Promise<FileSystemDirectoryHandle | undefined>;

beforeEach(() => {
  given = [];
  asked = restarts = 0;
  ended = [];
  questions = [QUESTION];
  answer = deferred();
  notices = new Notices();
  checkpointImport = new CheckpointImport({
    pickFolder: () => pick(),
    models: {
      questions: async () => [...questions],
      addCheckpoint: (files, onProgress) => {
        given.push(files);
        told = onProgress;
        return answer.promise;
      },
    },
    notices,
    restartModels: () => restarts++,
    onAsk: () => asked++,
    onEnd: ({ id }) => ended.push(id),
  });
});

const whole = { name: 'mine', config: new Blob(), weights: new Blob(), tokenizer: new Blob() };
const alone = { name: 'mine', weights: new Blob() };
const problems = () => notices.problems.map(({ happened }) => happened);

describe('Opening a checkpoint', () => {
  it('says which of two files of weights was taken', async () => {
    const choice = { taken: 'open_clip_model.safetensors', besides: ['ema.safetensors'] };
    void checkpointImport.open({ ...whole, choice });
    answer.resolve(summary('mine'));
    await settled();
    expect(ended).toEqual(['mine']);
    expect(problems()).toEqual([
      'mine has more than one file of weights: open_clip_model.safetensors was opened, not ema.safetensors.',
    ]);
  });

  it('keeps a whole one without asking, and tells how far it is', async () => {
    void checkpointImport.open(whole);
    expect(checkpointImport.status).toEqual({ phase: 'working', name: 'mine', progress: undefined });
    told({ stage: 'storing', done: 1, total: 2 });
    expect(checkpointImport.status).toMatchObject({ progress: { done: 1 } });
    answer.resolve(summary('mine-1', 'folder'));
    await settled();
    expect(ended).toEqual(['mine-1']);
    expect(asked).toBe(0);
    expect(checkpointImport.status).toEqual({ phase: 'none' });
  });

  it('keeps it in the precision that was chosen', () => {
    checkpointImport.choosePrecision('fp16-storage');
    void checkpointImport.open(whole);
    expect(given).toEqual([{ ...whole, precision: 'fp16-storage' }]);
  });

  it('asks what weights alone do not say', async () => {
    await checkpointImport.open(alone);
    expect(asked).toBe(1);
    expect(checkpointImport.status).toMatchObject({
      phase: 'asking',
      questions: [QUESTION],
      needsTokenizer: false,
    });
    void checkpointImport.answer({ name: 'yours', answers: { activation: 'quick_gelu' } });
    expect(given).toEqual([{ ...alone, name: 'yours', answers: { activation: 'quick_gelu' } }]);
  });

  it('asks nothing where there is no question', async () => {
    questions = [];
    void checkpointImport.open(alone);
    await settled();
    expect(asked).toBe(0);
    expect(given).toEqual([alone]);
  });

  it('asks for a tokenizer only when it is missing, with what was answered before', async () => {
    await checkpointImport.open(alone);
    void checkpointImport.answer({ name: 'mine', answers: { activation: 'gelu' } });
    answer.reject(failure('TokenizerMissing', 'no tokenizer of 49,408 tokens is here'));
    await settled();
    expect(checkpointImport.status).toMatchObject({
      phase: 'asking',
      needsTokenizer: true,
      problem:
        'No tokenizer of 49,408 tokens is here. Choose the tokenizer.json from the model’s own repository.',
    });
    expect(problems()).toEqual([]);
    const tokenizer = new Blob(['{}']);
    void checkpointImport.answer({ name: 'mine', tokenizer });
    expect(given.at(-1)).toEqual({ ...alone, answers: { activation: 'gelu' }, tokenizer });
  });

  it('reports one that cannot be opened', async () => {
    void checkpointImport.open(whole);
    answer.reject(failure('TensorMissing', 'visual.proj is missing'));
    await settled();
    expect(problems()).toEqual(['visual.proj is missing.']);
    expect(checkpointImport.status).toEqual({ phase: 'none' });
  });

  it('reports the death of the worker, too', async () => {
    void checkpointImport.open(whole);
    answer.reject(failure('WorkerDied'));
    await settled();
    expect(problems()).toHaveLength(1);
  });

  it('is given up with its worker, which is no problem', async () => {
    void checkpointImport.open(whole);
    checkpointImport.cancel();
    answer.reject(failure('WorkerDied'));
    await settled();
    expect(restarts).toBe(1);
    expect(checkpointImport.status).toEqual({ phase: 'none' });
    expect(problems()).toEqual([]);
  });

  it('leaves the worker alone when only a question is given up', async () => {
    await checkpointImport.open(alone);
    checkpointImport.cancel();
    expect(restarts).toBe(0);
    expect(checkpointImport.status).toEqual({ phase: 'none' });
  });
});

describe('a picked folder', () => {
  it('is opened as a checkpoint', async () => {
    pick = async () => folder('vit', 'open_clip_config.json', 'tokenizer.json', 'picture.jpg');
    void checkpointImport.openFolder();
    await settled();
    expect(given).toMatchObject([{ name: 'vit', config: { name: 'open_clip_config.json' } }]);
  });

  it('that lacks files is handed on, for the model worker to say what is missing', async () => {
    pick = async () => folder('vit', 'tokenizer.json', 'picture.jpg');
    void checkpointImport.openFolder();
    await settled();
    expect(given).toEqual([{ name: 'vit' }]);
  });

  it('is none where the person picked none, and a picker that fails is reported', async () => {
    pick = async () => undefined;
    await checkpointImport.openFolder();
    expect(given).toEqual([]);
    expect(notices.problems).toEqual([]);
    pick = () => Promise.reject(failure('StorageUnavailable', 'not allowed'));
    await checkpointImport.openFolder();
    expect(notices.problems).toMatchObject([{ happened: 'Not allowed.' }]);
  });
});
