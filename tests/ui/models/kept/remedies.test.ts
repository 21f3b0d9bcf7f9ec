import { expect, it } from 'vitest';
import { remedyFor } from '../../../../src/ui/models/kept/remedies';
import { WorkerDeath } from '../../../../src/ui/kit/worker-death';
import { failure } from '../../fakes';

it.each([
  ['Offline', 'resume'],
  ['StorageFull', 'resume'],
  ['HashMismatch', 'start again'],
  ['RevisionChanged', 'start again'],
  ['TokenizerMissing', 'tokenizer'],
  ['TensorMissing', 'none'],
  ['SomethingElse', 'resume'],
])('after %s one can: %s', (name, remedy) => {
  expect(remedyFor(failure(name))).toBe(remedy);
});

it('a dead worker can resume, one that a tokenizer held up would be held up again', () => {
  expect(remedyFor(new WorkerDeath('models'))).toBe('resume');
  expect(remedyFor(new WorkerDeath('models', { by: 'tokenizer' }))).toBe('none');
  expect(remedyFor(new WorkerDeath('models', { by: 'thread' }))).toBe('resume');
});
