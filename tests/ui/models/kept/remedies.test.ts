import { expect, it } from 'vitest';
import { remedyFor } from '../../../../src/ui/models/kept/remedies';
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
