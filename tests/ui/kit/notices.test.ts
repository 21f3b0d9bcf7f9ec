import { describe, expect, it } from 'vitest';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { failure } from '../fakes';

describe('Notices', () => {
  it('shows one problem a topic, the newest last', () => {
    const notices = new Notices();
    notices.report('model', failure('NetworkFailed', 'no answer'));
    notices.report('search', failure('OutOfMemory', 'no memory'));
    notices.report('model', failure('StorageFull', 'no room'));
    expect(notices.problems.map(({ topic, happened }) => [topic, happened])).toEqual([
      ['search', 'No memory.'],
      ['model', 'No room.'],
    ]);
    notices.clear('search');
    notices.clear('never seen');
    expect(notices.problems.map(({ topic }) => topic)).toEqual(['model']);
  });

  it('tells a failure that nobody foresaw from the others, and from what is none', () => {
    const notices = new Notices();
    notices.report('a', failure('StorageFull'));
    notices.report('b', new TypeError('x is undefined'));
    notices.warn('c', { happened: 'It runs elsewhere.', todo: 'Nothing.' });
    expect(notices.problems.map(({ name }) => name)).toEqual(['StorageFull', 'Unexpected', undefined]);
  });

  it('says one thing at a time', () => {
    const notices = new Notices();
    notices.say('one');
    notices.say('two');
    expect(notices.said).toBe('two');
  });
});
