import { afterEach, expect, test } from 'vitest';
import { addSome, openApp, SMALL, type App } from '../helpers/app';

let app: App | undefined;
afterEach(() => app?.close());

async function searchSome({ page }: App): Promise<void> {
  await addSome(page, 12);
  await page.getByRole('searchbox', { name: 'Search photos' }).fill('two cats');
  await page.getByRole('status').getByText('12 results for two cats').waitFor();
}

test('a GPU that gives other numbers than the built-in ones is not trusted: wasm runs, and the page says why', async () => {
  app = await openApp({ webgpu: true, query: SMALL });
  const { page } = app;
  await app.context.route('**/self-check.expected*.json', async (route) => {
    const expected = (await (await route.fetch()).json()) as Record<string, number[]>;
    const wrong = Object.entries(expected).map(([name, values]) => [
      name,
      values.map((value) => value + 0.01),
    ]);
    await route.fulfill({ json: Object.fromEntries(wrong) as object });
  });
  await page.goto(`${new URL(page.url()).origin}/?backend=webgpu`);
  await page
    .getByRole('status')
    .getByText(/ready on WASM \(.*\): this GPU failed the self-check/)
    .waitFor();
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('self-check');
  await searchSome(app);
});

test('without a WebGPU adapter wasm runs, and the page says why', async () => {
  app = await openApp({ webgpu: false });
  await app.page
    .getByRole('status')
    .getByText(/ready on WASM \(.*\): .*WebGPU/)
    .waitFor();
  await searchSome(app);
  expect(await app.page.getByRole('alert').count()).toBe(0);
});

test('a software adapter is never chosen by itself', async () => {
  app = await openApp({ webgpu: true });
  await app.page
    .getByRole('status')
    .getByText(/ready on WASM \(.*\): .*software/)
    .waitFor();
});
