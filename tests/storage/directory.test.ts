import { afterEach, expect, test, vi } from 'vitest';
import { storageRoot } from '../../src/storage/directory';

afterEach(() => vi.unstubAllGlobals());

const refusal = (storage: unknown, isSecureContext: boolean) => {
  vi.stubGlobal('navigator', { storage });
  vi.stubGlobal('isSecureContext', isSecureContext);
  return storageRoot().then(
    () => undefined,
    (error: unknown) => error,
  );
};

test('private storage is refused by name: for the page’s address, or by the browser', async () => {
  expect(await refusal(undefined, false)).toMatchObject({ name: 'PageInsecure' });
  expect(await refusal(undefined, true)).toMatchObject({ name: 'StorageUnavailable' });
  const getDirectory = () => Promise.reject(new DOMException('Denied', 'SecurityError'));
  expect(await refusal({ getDirectory }, true)).toMatchObject({
    name: 'StorageUnavailable',
    message: 'Opening the private file storage failed: Denied',
  });
});
