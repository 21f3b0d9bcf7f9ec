import { afterEach, expect, test, vi } from 'vitest';
import { isSecure } from '../../src/core/secure-context';

afterEach(() => vi.unstubAllGlobals());

test.each([true, false])('a browser that says %s is believed', (isSecureContext) => {
  expect(isSecure({ isSecureContext })).toBe(isSecureContext);
  vi.stubGlobal('isSecureContext', isSecureContext);
  expect(isSecure()).toBe(isSecureContext);
});

test('where nothing is said, as in Node, all is secure', () => {
  expect(isSecure({})).toBe(true);
  expect(isSecure()).toBe(true);
});
