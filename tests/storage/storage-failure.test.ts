import { expect, test } from 'vitest';
import { Failure } from '../../src/core/failure';
import { storageFailure } from '../../src/storage/storage-failure';

test('an exhausted quota is StorageFull, with the size of the write', async () => {
  const cause = new DOMException('No space', 'QuotaExceededError');
  const failure = await storageFailure(cause, 'Writing image.0.bin', 1234567);
  expect(failure).toMatchObject({ name: 'StorageFull', cause });
  expect(failure.message).toMatch(/^Writing image\.0\.bin needs 1,234,567 more bytes: storage is full/);
});

test('anything else is StorageUnavailable, with the browser’s message', async () => {
  const failure = await storageFailure(new DOMException('Denied by policy', 'SecurityError'), 'Opening a');
  expect(failure).toMatchObject({
    name: 'StorageUnavailable',
    message: 'Opening a failed: Denied by policy',
  });
});

test('a file in use is StorageBusy', async () => {
  const failure = await storageFailure(new DOMException('?', 'NoModificationAllowedError'), 'Removing a');
  expect(failure).toMatchObject({
    name: 'StorageBusy',
    message: 'Removing a failed: it is in use, perhaps by another tab',
  });
});

test('a Failure is returned unchanged', async () => {
  const failure = new Failure('Cancelled', 'Enough');
  expect(await storageFailure(failure, 'Writing a')).toBe(failure);
});
