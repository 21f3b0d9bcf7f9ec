import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import type { Classified, Found, PictureEmbeddings } from '../../src/package/model';
import { buildPackage } from '../../tools/package';
import { openModel } from '../../tools/evaluation/model';
import { decodeFile } from '../../src/package/node-picture';
import { SMALLEST } from '../helpers/app';
import { startBrowser } from '../helpers/chromium';
import { serveBare } from '../helpers/site';

const PICTURES = ['album-001.webp', 'album-041.webp', 'album-081.webp'];
const LABELS = ['a cat', 'a house', 'a boat'];

/** What the package gave, as it travels in JSON. */
interface Answer {
  readonly rows: readonly number[];
  readonly failures: PictureEmbeddings['failures'];
  readonly classified: readonly Classified[];
  readonly found: readonly Found[];
  readonly pixels: readonly number[];
  readonly backend: string;
  readonly wrong: { readonly name: string; readonly message: string };
  readonly late: string;
}

/** The same program for Node and for pages; `pictures`, `folder` and `missing` differ. */
const PROGRAM = `
export async function use(openModel, folder, missing, pictures) {
  const wrong = await openModel(missing).catch(({ name, message }) => ({ name, message }));
  const model = await openModel(folder);
  const rows = await model.encodeImages(pictures);
  const classified = await model.classify(rows, ${JSON.stringify(LABELS)}, { templates: ['{}'] });
  const found = await model.search('a drawing of a cat', rows, { most: 2 });
  const grey = { width: 64, height: 48, data: new Uint8ClampedArray(64 * 48 * 4).fill(200) };
  const pixels = await model.encodeImages([grey]);
  const backend = model.runsOn.backend;
  await model.release();
  const late = await model.encodeTexts(['late']).catch(({ name }) => name);
  return {
    rows: [...rows.data], failures: rows.failures, classified, found, pixels: [...pixels.data], backend, wrong, late,
  };
}`;

let project = '';
let server: Awaited<ReturnType<typeof serveBare>> | undefined;
let reference: Float32Array;

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'clipscope-project-'));
  const built = path.join(project, 'built');
  await buildPackage(built);
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: project, encoding: 'utf8' });
  npm('pack', built, '--silent');
  const { sharp, vite } = { ...manifest.devDependencies };
  const packed = (await readdir(project)).find((name) => name.endsWith('.tgz'))!;
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ name: 'fresh', type: 'module' }));
  npm(
    'install',
    `./${packed}`,
    `sharp@${sharp}`,
    `vite@${vite}`,
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  );

  const at = (...names: string[]) => path.join(project, ...names);
  await mkdir(at('public'));
  await cp(`static/models/${SMALLEST}`, at('public/model'), { recursive: true });
  for (const name of PICTURES) await cp(`static/album/${name}`, at('public', name));
  await writeFile(at('public/broken.webp'), 'RIFF is all that is left');
  await writeFile(at('program.js'), PROGRAM);
  await writeFile(
    at('use.mjs'),
    `import { openModel } from 'clipscope';
    import { use } from './program.js';
    const pictures = ${JSON.stringify([...PICTURES, 'broken.webp'])}.map((name) => 'public/' + name);
    console.log(JSON.stringify(await use(openModel, 'public/model', 'public', pictures)));`,
  );
  const page = (from: string, folder: string) => `
    import { openModel } from '${from}';
    import { use } from './program.js';
    const pictures = ${JSON.stringify([...PICTURES, 'broken.webp'])}.map((name) => '${folder}' + name);
    use(openModel, '${folder}model', '${folder}', pictures).then(
      (answer) => (document.body.textContent = JSON.stringify(answer)),
      (error) => (document.body.textContent = 'FAILED ' + error.name + ': ' + error.message),
    );`;
  await writeFile(at('main.js'), page('clipscope', './'));
  await writeFile(
    at('index.html'),
    '<!doctype html><title>Built</title><body><script type="module" src="./main.js"></script>',
  );
  await writeFile(
    at('plain.html'),
    `<!doctype html><title>Plain</title><body><script type="module">${page('./node_modules/clipscope/page/page.js', './public/')}</script>`,
  );
  server = await serveBare(project);

  const model = await openModel(`static/models/${SMALLEST}`);
  const files = await Promise.all(PICTURES.map((name) => readFile(`static/album/${name}`)));
  const rasters = await Promise.all(files.map((file) => decodeFile(file)));
  reference = (await model.encodePictures(rasters)).data;
  await model.release();
});

afterAll(async () => {
  await server?.close();
  await rm(project, { recursive: true });
});

/** What every way of using it must give. @param leastCosine of embeddings with those of the tools that are checked */
function check(answer: Answer, leastCosine: number): void {
  const dim = reference.length / PICTURES.length;
  for (const at of PICTURES.keys()) {
    const row = answer.rows.slice(at * dim, (at + 1) * dim);
    const wanted = reference.subarray(at * dim, (at + 1) * dim);
    expect(row.reduce((sum, value, i) => sum + value * wanted[i]!, 0)).toBeGreaterThan(leastCosine);
  }
  expect(answer.failures).toEqual([
    { index: 3, name: expect.stringMatching(/^Picture/) as string, message: expect.any(String) as string },
  ]);
  expect(answer.rows.slice(3 * dim).every((value) => value === 0)).toBe(true);
  expect(answer.classified.map(({ labels }) => labels.length)).toEqual([3, 3, 3, 0]);
  for (const { labels, failure } of answer.classified) {
    const sum = labels.reduce((total, { probability }) => total + probability, 0);
    expect(sum).toBeCloseTo(failure ? 0 : 1, 6);
  }
  expect(answer.found).toHaveLength(2);
  expect(answer.found[0]!.cosine).toBeGreaterThanOrEqual(answer.found[1]!.cosine);
  expect(Math.hypot(...answer.pixels)).toBeCloseTo(1, 5);
  expect(answer.backend).toBe('wasm');
  expect(answer.wrong.name).toMatch(/^(?:CheckpointIncomplete|FileUnreadable)$/);
  expect(answer.late).toBe('ModelNotLoaded');
}

async function answerOf(url: string): Promise<Answer> {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(url);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/^[{F]/);
    const text = await page.locator('body').innerText();
    expect(problems).toEqual([]);
    expect(text).not.toMatch(/^FAILED/);
    return JSON.parse(text) as Answer;
  } finally {
    await browser.close();
  }
}

test('the packed package gives in Node what the tools give', () => {
  const said = execFileSync(process.execPath, ['use.mjs'], { cwd: project, encoding: 'utf8' });
  check(JSON.parse(said) as Answer, 0.999999);
});

test('a fresh Vite project builds with it, and its page gives the same', async () => {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--base', './'], {
    cwd: project,
  });
  check(await answerOf(`${server!.url}/dist/`), 0.9999);
});

test('a plain page gives the same', async () => {
  check(await answerOf(`${server!.url}/plain.html`), 0.9999);
});
