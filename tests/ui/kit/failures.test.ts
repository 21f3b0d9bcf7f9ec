import { WorkerDeath } from '../../../src/ui/kit/worker-death';
import { describe as suite, expect, it } from 'vitest';
import { Failure, FAILURE_NAMES } from '../../../src/core/failure';
import { describe, sentence } from '../../../src/ui/kit/failures';

const isSentence = /^[A-Z“].*[.]$/;

suite('describe', () => {
  it.each(FAILURE_NAMES)('%s: says what happened and what to do, a sentence each', (name) => {
    const { happened, todo } = describe(new Failure(name, 'header says 4,096 bytes, file has 1,000'));
    expect(happened).toMatch(isSentence);
    expect(todo).toMatch(isSentence);
    expect(`${happened} ${todo}`).not.toMatch(/undefined|!|Oops/);
  });

  it.each([
    ['clip', /^The model stopped/, /everything already indexed is kept/],
    ['library', /keeps your photos stopped/, /kept on this device is still there/],
    ['models', /downloads models stopped/, /what a download had stored is kept/],
    ['image', /reads pictures stopped/, /^Add the picture again/],
  ] as const)('says which part of the page stopped: %s', (kind, happened, todo) => {
    const told = describe(new WorkerDeath(kind));
    expect(told).toEqual({ happened: expect.stringMatching(happened), todo: expect.stringMatching(todo) });
  });

  it('says that a tokenizer did not answer, whichever worker it held up', () => {
    for (const kind of ['clip', 'models'] as const) {
      const { happened, todo } = describe(new WorkerDeath(kind, { by: 'tokenizer' }));
      expect(happened).toBe('The tokenizer of this model did not answer in time.');
      expect(todo).toMatch(/^Choose another model/);
    }
  });

  it('keeps the numbers of the message', () => {
    const failure = new Failure('SafetensorsMalformed', 'header says 4,096 bytes, file has 1,000');
    expect(describe(failure).happened).toBe('Header says 4,096 bytes, file has 1,000.');
  });

  it('knows a failure that came across a worker’s boundary as a plain error', () => {
    const crossed = Object.assign(new Error('The disk is full'), { name: 'StorageFull' });
    expect(describe(crossed).todo).toBe(describe(new Failure('StorageFull', '')).todo);
  });

  it('cuts what quotes a whole file', () => {
    const { happened } = describe(new Failure('ConfigUnreadable', `width is "${'x'.repeat(5_000_000)}"`));
    expect(happened).toMatch(/^Width is "x+…$/);
    expect(happened).toHaveLength(301);
  });

  it.each([
    new RangeError('Maximum call stack size exceeded'),
    new RangeError('Invalid typed array length: 8589934592'),
    new RangeError('Array buffer allocation failed'),
    Object.assign(new Error('too much recursion'), { name: 'InternalError' }),
  ])('has words of its own for what the browser says: %s', (error) => {
    const { happened, todo } = describe(error);
    expect(happened).toBe('This is larger, or nested deeper, than the browser can handle.');
    expect(todo).toMatch(/^Choose a smaller/);
  });

  it('says something of anything that was thrown', () => {
    expect(describe('boom')).toEqual({ happened: 'Boom.', todo: 'Reload the page and try again.' });
    expect(describe(new TypeError('')).happened).toBe('Something went wrong.');
  });
});

suite('sentence', () => {
  it.each([
    ['the file is empty', 'The file is empty.'],
    ['Done.', 'Done.'],
    ['boom', 'Boom.'],
    ['tokenizer.json is missing', 'tokenizer.json is missing.'],
    ['open_clip_config.json: no model_cfg', 'open_clip_config.json: no model_cfg.'],
    ['vit-b-32 lacks tokenizer.json.', 'vit-b-32 lacks tokenizer.json.'],
    ['test/0.tar is cut short', 'test/0.tar is cut short.'],
    ['  Really?', 'Really?'],
  ])('%s', (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });
});
