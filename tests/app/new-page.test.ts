import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/build.js';
import { serveDirectory } from '../../tools/serve.js';
import { addSome, openApp } from '../helpers/app';

/** All that a new page is: one folder, with this in it … */
const FOLDER = { 'BlankPage.svelte': '<p>This page is blank</p>' };

/** … and one line in the table of pages, with its import. */
const LINE = "{ id: 'blank', title: 'Blank', component: BlankPage },";
const IMPORT = "import BlankPage from '../blank/BlankPage.svelte';";

/** Adds the page to a build; the source stays as it is. */
const addBlankPage: Plugin = {
  name: 'add-blank-page',
  enforce: 'pre',
  resolveId: (id) => (id.startsWith('../blank/') ? path.join(root, 'src/ui/blank', path.basename(id)) : null),
  load: (id) => (path.dirname(id) === path.join(root, 'src/ui/blank') ? FOLDER['BlankPage.svelte'] : null),
  transform(code, id) {
    if (id !== path.join(root, 'src/ui/app/pages.ts')) return null;
    const end = /^\] as const satisfies/m;
    expect(code).toMatch(end);
    return `${IMPORT}\n${code.replace(end, (found) => `${LINE}\n${found}`)}`;
  },
};

let dist: string;
let server: Awaited<ReturnType<typeof serveDirectory>>;
beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), 'clipscope-blank-'));
  await build({
    configFile: path.join(root, 'vite.config.ts'),
    root,
    logLevel: 'warn',
    plugins: [addBlankPage],
    build: { outDir: dist, emptyOutDir: true },
  });
  server = await serveDirectory(dist);
});
afterAll(async () => {
  await server.close();
  await rm(dist, { recursive: true });
});

test('a new page is one folder and one line: its tab is there, by mouse, by keyboard and in the address', async () => {
  const app = await openApp({ webgpu: false, url: server.url });
  try {
    const { page } = app;
    const tab = (name: string) => page.getByRole('tab', { name });
    const selected = page.getByRole('tab', { selected: true });
    const content = page.getByRole('tabpanel', { name: 'Blank' }).getByText('This page is blank');
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Search', 'Label', 'Compare', 'Blank']);
    await addSome(page, 4);
    await page.getByRole('list', { name: 'Photos' }).waitFor();

    await tab('Blank').click();
    await content.waitFor();
    expect(await selected.allTextContents()).toEqual(['Blank']);
    expect(new URL(page.url()).searchParams.get('tab')).toBe('blank');

    // From the last tab on to the first, and back over the first to the last.
    await page.keyboard.press('ArrowRight');
    expect(await selected.allTextContents()).toEqual(['Search']);
    await content.waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowLeft');
    await content.waitFor();
    expect(await tab('Blank').evaluate((button) => button === document.activeElement)).toBe(true);

    await page.goto(`${server.url}/?tab=blank`);
    await content.waitFor();
    expect(await selected.allTextContents()).toEqual(['Blank']);

    await tab('Search').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('tab')).toBeNull();
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});
