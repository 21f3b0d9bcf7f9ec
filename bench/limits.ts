import type { BrowserContext } from 'playwright-core';
import type { bench as limitsBench } from './limits-page/page';
import type { Size } from './photos';
import { summary } from './result';
import type { Summary } from './speed-table';
import { openWorkerPage, serveWorkerPage } from './worker-page';

/** Of a ViT-B/32 with four pictures. */
const [WIDTH, TOKENS] = [768, 4 * 50];

/** Bytes of a decoded pixel. */
const PIXEL = 4;

/** A decoder gives pictures of at least twice the side that the tower takes: less shows in the embedding. */
const LEAST_SIDE = 2 * 224;

/** What nothing can be faster than on this machine. */
export interface Limits {
  /** Thousand million operations a second of the provider's matrix products in fp32, on all of its threads. */
  readonly products: Summary;
  /** Milliseconds of one thread for a photo, by its size. */
  readonly photos: Readonly<
    Record<
      string,
      {
        readonly decode: Readonly<Record<'bitmap' | 'whole' | 'scaled', number>>;
        /** To read its pixels once. */
        readonly pass: Summary;
      }
    >
  >;
}

export async function measureLimits(
  context: BrowserContext,
  photos: readonly { readonly size: Size; readonly files: readonly string[] }[],
): Promise<Limits> {
  const server = await serveWorkerPage('limits-page');
  const page = await context.newPage();
  const ask = await openWorkerPage<typeof limitsBench>(page, server.url);
  const products = summary(await ask('products', WIDTH, TOKENS));
  const bySize: Record<string, Limits['photos'][string]> = {};
  for (const { size, files } of photos) {
    await page.locator('#files').setInputFiles([...files]);
    const decode = await ask('decode', LEAST_SIDE);
    const pass = summary(await ask('pass', PIXEL * size[0] * size[1]));
    bySize[size.join(' x ')] = { decode, pass };
  }
  await page.close();
  await server.close();
  return { products, photos: bySize };
}
