import { describe, expect, it } from 'vitest';
import {
  cutText,
  formerText,
  imageSizeText,
  modelText,
  arithmeticHint,
  decodingHint,
  originText,
  progressText,
  runsOnText,
  statusText,
} from '../../../src/ui/models/model-words';
import { loadedModel, summary } from '../fakes';

describe('what is said of models', () => {
  it('tells where one runs', () => {
    const gpu = { backend: 'webgpu', device: 'NVIDIA Ampere' } as const;
    expect(runsOnText({ ...gpu, arithmetic: 'fp32' })).toBe('WebGPU (NVIDIA Ampere)');
    expect(runsOnText({ ...gpu, arithmetic: 'fp16' })).toBe('WebGPU (NVIDIA Ampere, half precision)');
    const wasm = { backend: 'wasm', arithmetic: 'fp32' } as const;
    expect(runsOnText({ ...wasm, device: '2 threads', reason: 'this GPU failed the self-check' })).toBe(
      'WASM (2 threads): this GPU failed the self-check',
    );
    expect(runsOnText({ ...wasm, device: '1 thread' })).toBe('WASM (1 thread)');
    expect(runsOnText({ ...wasm, device: '1 thread', arithmetic: 'int8', leastCosine: 0.99989 })).toBe(
      'WASM (1 thread, 8-bit arithmetic, cosine 0.9998 to full precision on samples)',
    );
  });

  it('tells what a choice of arithmetic and of reading costs, before it is made', () => {
    for (const one of ['auto', 'fp32'] as const)
      expect(arithmeticHint(one)).toMatch(/Another choice embeds all photos again\.$/);
    expect(arithmeticHint('fp32')).toContain('as OpenCLIP does');
    expect(decodingHint('scaled')).toContain('“Exactly” reads those photos again.');
    expect(decodingHint('exact')).toContain('read again');
  });

  it('tells whose answers are shown while another one is to follow', () => {
    const former = { of: 'clipscope-s', until: 'clipscope-l' };
    expect(formerText('Results', former)).toBe(
      'Results of clipscope-s, until clipscope-l has looked at the photos',
    );
    expect(formerText('Labels', { of: 'B', until: 'B' })).toBe(
      'Labels from before, until B has looked at the photos',
    );
    expect(formerText('Labels', { of: 'B', until: undefined })).toBe('Labels of B');
  });

  it('tells its size', () => {
    expect(modelText(loadedModel().summary)).toBe('96 px · 2.9 M weights · 5.7 MB, half precision');
    expect(modelText({ ...loadedModel().summary, precision: 'fp32' })).toBe('96 px · 2.9 M weights · 5.7 MB');
    expect(imageSizeText([224, 384])).toBe('384 × 224 px');
  });

  it('tells where it came from', () => {
    expect(originText(summary('tiny'))).toBe('Comes with this page');
    expect(originText(summary('mine', 'folder'))).toBe('Opened on this device');
    expect(originText({ ...summary('b', 'hub'), repository: 'laion/b' })).toBe('From laion/b');
  });

  it('tells how far its loading is', () => {
    expect(progressText(undefined)).toBe('Starting');
    expect(progressText({ stage: 'reading', done: 3_100_000, total: 5_700_756 })).toBe(
      'Reading the model · 3.1 MB of 5.7 MB',
    );
    expect(progressText({ stage: 'checking', done: 1, total: 7 })).toBe(
      'Checking that it works here · 1 of 7',
    );
    expect(progressText({ stage: 'compiling', done: 0, total: 0 })).toBe('Getting the model ready');
    expect(progressText({ stage: 'checking', done: 0, total: 1 })).toBe('Checking that it works here');
  });

  it('tells what it is at', () => {
    expect(statusText({ phase: 'ready', loaded: loadedModel() })).toBe('Tiny ready on WASM (2 threads)');
    expect(statusText({ phase: 'loading', id: 'a', name: 'A', progress: undefined })).toBe('Loading A');
    expect(statusText({ phase: 'stopped', id: 'a', name: 'A' })).toBe('No model is loaded');
  });

  it('tells what is left out of a text, by the last words that are read', () => {
    expect(cutText('A label', new Map())).toBeUndefined();
    expect(cutText('A label', new Map([['a cat and a dog', 'a cat']]))).toBe(
      'A label is longer than this model reads: what follows “a cat” is left out.',
    );
    const read = 'a very long description of a red brick house in the garden';
    const cut = new Map([
      [`${read} with trees`, read],
      ['b', 'b'],
    ]);
    expect(cutText('What you search for', cut)).toBe(
      'What you search for is longer than this model reads: what follows “… a red brick house in the garden” is left out.' +
        ' The same is true of 1 more.',
    );
    expect(cutText('A label', new Map([['', '紅'.repeat(75)]]))).toContain(`“… ${'紅'.repeat(32)}”`);
  });
});
