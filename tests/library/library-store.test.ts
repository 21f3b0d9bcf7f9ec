import { afterEach, expect, test, vi } from 'vitest';
import { openLibraryStore } from '../../src/library/library-store';

afterEach(() => vi.unstubAllGlobals());

test('is refused by name where the browser has private files and writes none in place', async () => {
  const getDirectoryHandle = vi.fn();
  vi.stubGlobal('navigator', { storage: { getDirectory: () => Promise.resolve({ getDirectoryHandle }) } });
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('FileSystemFileHandle', { prototype: {} });
  await expect(openLibraryStore('main')).rejects.toMatchObject({ name: 'StorageUnsupported' });
  expect(getDirectoryHandle).not.toHaveBeenCalled();
});
