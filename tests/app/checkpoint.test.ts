import { copyFile, cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCheckpoint } from '../../tools/make-checkpoint';
import { expectNothingLeft, openApp, OPENS_WITH, type App } from '../helpers/app';
import { dropOnPage } from '../helpers/drop';
import { hfFiles } from '../helpers/hf-folder';
import { PREPROCESS, TOKENIZER } from '../helpers/made-checkpoint';

/** A model of random weights, 2 MB. */
const SMALL = {
  model_cfg: {
    embed_dim: 64,
    vision_cfg: { image_size: 96, layers: 2, width: 64, head_width: 32, patch_size: 16 },
    text_cfg: { context_length: 24, vocab_size: 2048, width: 64, heads: 2, layers: 2 },
  },
  preprocess_cfg: PREPROCESS,
};

let app: App | undefined;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-checkpoint-'));
});
afterEach(async () => {
  await app?.close();
  await rm(folder, { recursive: true });
});

/** Opens the page with its private storage on the disk. */
async function open(query: string): Promise<App> {
  const profile = path.join(folder, 'profile');
  await mkdir(profile, { recursive: true });
  const opened = await openApp({ webgpu: false, query, persistentDir: profile });
  await opened.page.getByRole('status').getByText('ready on WASM').waitFor();
  return opened;
}

/** A copy of a golden checkpoint's folder, with the built-in tokenizer unless told otherwise. */
async function goldenFolder(name: string, tokenizer = true): Promise<string> {
  const target = path.join(folder, name);
  await cp(`tests/fixtures/towers/${name}`, target, { recursive: true });
  if (tokenizer) await copyFile(TOKENIZER, path.join(target, 'tokenizer.json'));
  return target;
}

describe('a checkpoint folder', () => {
  // One of true size, 605 MB, takes the same way once its bytes are read: see `hub.test.ts`.
  test('is dropped, kept, and embeds a photo on wasm', async () => {
    const checkpoint = path.join(folder, 'made');
    await makeCheckpoint(SMALL, checkpoint, { tokenizer: TOKENIZER });
    app = await open('?backend=wasm');
    await dropOnPage(app.page, [checkpoint]);
    await app.page.getByRole('status').getByText('made ready on WASM').waitFor();
    await dropOnPage(app.page, [path.resolve('static/album/album-001.webp')]);
    await app.page.getByRole('searchbox', { name: 'Search photos' }).fill('a bicycle');
    await app.page.getByRole('status').getByText('1 result for a bicycle').waitFor();
    const result = app.page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    await expect.poll(() => result.innerText()).toMatch(/^-?0\.\d{3}$/);

    const id = new URL(app.page.url()).searchParams.get('model');
    expect(id).toMatch(/^made-[0-9a-f]{8}$/);
    expectNothingLeft(app);
    await app.close();
    app = await open(`?backend=wasm&model=${id ?? ''}`);
    await app.page.getByRole('status').getByText('made ready on WASM').waitFor();
  });

  test('that transformers wrote, its weights in several files, is opened among its other files', async () => {
    const checkpoint = path.join(folder, 'tower');
    await mkdir(checkpoint);
    for (const [name, bytes] of Object.entries(await hfFiles('siglip-sharded')))
      await writeFile(path.join(checkpoint, name), bytes);
    app = await open('?backend=wasm');
    await dropOnPage(app.page, [checkpoint]);
    await app.page.getByRole('status').getByText('tower ready on WASM').waitFor();
    await dropOnPage(app.page, [path.resolve('static/album/album-001.webp')]);
    await app.page.getByRole('searchbox', { name: 'Search photos' }).fill('a bicycle');
    await app.page.getByRole('status').getByText('1 result for a bicycle').waitFor();
  });

  const refused: [what: string, settings: object, sentence: string][] = [
    ['a setting that is not run', { qk_norm: true }, 'vision_cfg.qk_norm'],
    ['a tokenizer of another model', {}, '2048 tokens'],
  ];
  test.each(refused)('says by name what is wrong: %s', async (_, settings, sentence) => {
    const checkpoint = await goldenFolder('vit-quickgelu');
    const file = path.join(checkpoint, 'open_clip_config.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as { model_cfg: { vision_cfg: object } };
    Object.assign(config.model_cfg.vision_cfg, settings);
    await writeFile(file, JSON.stringify(config));
    app = await open('?backend=wasm');
    await dropOnPage(app.page, [checkpoint]);
    await expect
      .poll(() => app?.page.getByRole('alert').allInnerTexts())
      .toEqual([expect.stringContaining(sentence)]);
    await app.page.getByRole('status').getByText(`${OPENS_WITH} ready on WASM`).waitFor();
  });

  test('cut short is refused with both numbers, and nothing of it is listed', async () => {
    const checkpoint = await goldenFolder('vit-gelu');
    await truncate(path.join(checkpoint, 'open_clip_model.safetensors'), 1_000_000);
    app = await open('?backend=wasm');
    await dropOnPage(app.page, [checkpoint]);
    await expect
      .poll(() => app?.page.getByRole('alert').allInnerTexts())
      .toEqual([expect.stringContaining('1,000,000')]);
    await app.close();
    app = await open('?backend=wasm');
    await app.page.getByRole('button', { name: /^Model/ }).click();
    expect(await app.page.getByText('vit-gelu').count()).toBe(0);
  });
});
