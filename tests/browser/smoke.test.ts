import { expect, test } from 'vitest';

test('the browser is cross-origin isolated and has a WebGPU adapter', async () => {
  expect(crossOriginIsolated).toBe(true);
  expect(await navigator.gpu.requestAdapter()).not.toBeNull();
});
