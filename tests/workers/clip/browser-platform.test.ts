import { describe, expect, it } from 'vitest';
import { browserPlatform } from '../../../workers/clip/browser-platform';

type BrowserWorker = NonNullable<Parameters<typeof browserPlatform>[1]>;

function worker(changes: Partial<BrowserWorker> = {}): BrowserWorker {
  return {
    crossOriginIsolated: true,
    SharedArrayBuffer,
    navigator: { hardwareConcurrency: 8, userAgent: 'browser 1' },
    performance: { now: () => 7 },
    fetch: () => Promise.reject(new TypeError('no network')),
    ...changes,
  };
}

describe('the platform of a browser', () => {
  it('is what its worker tells', () => {
    const platform = browserPlatform('all', worker(), '1a2b');
    expect(platform).toMatchObject({ threads: 4, cores: 8, gpu: { name: 'browser 1, build 1a2b' } });
    expect(platform.now()).toBe(7);
  });

  it('knows its memory only where the browser tells', () => {
    expect(browserPlatform('all', worker())).not.toHaveProperty('gibibytes');
    const telling = { hardwareConcurrency: 8, userAgent: '', deviceMemory: 16 };
    expect(browserPlatform('all', worker({ navigator: telling })).gibibytes).toBe(16);
  });

  it('reads what the self-check expects once it is asked', async () => {
    const asked: string[] = [];
    const platform = browserPlatform(
      'all',
      worker({
        fetch: async (url) => {
          asked.push(url as string);
          return Response.json({ image: [1, 2] });
        },
      }),
    );
    expect(asked).toEqual([]);
    expect(await platform.gpu?.expectedEmbeddings()).toEqual({ image: [1, 2] });
    expect(asked).toEqual([expect.stringMatching(/self-check\.expected.*json/)]);
    await expect(browserPlatform('all', worker()).gpu?.expectedEmbeddings()).rejects.toThrow('no network');
  });
});

describe('threads', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [5, 3],
    [8, 4],
    [16, 8],
    [64, 8],
  ])('of %i cores are %i', (hardwareConcurrency, threads) => {
    expect(
      browserPlatform('all', worker({ navigator: { hardwareConcurrency, userAgent: '' } })).threads,
    ).toBe(threads);
  });

  it('are one for a small model', () => {
    expect(browserPlatform('one', worker())).toMatchObject({ threads: 1, cores: 8 });
  });

  it('are one where the page is not isolated', () => {
    expect(browserPlatform('all', worker({ crossOriginIsolated: false })).threads).toBe(1);
  });

  it('are one where there is no memory to share, though the page is isolated', () => {
    expect(browserPlatform('all', worker({ SharedArrayBuffer: undefined })).threads).toBe(1);
  });
});
