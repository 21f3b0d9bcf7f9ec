import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/build.js';
import { tarOf } from '../helpers/tar';

const MODEL = path.join(root, 'static/models/clipscope-s');

let folder = '';
let picture: Buffer;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'clipscope-embed-')));
  picture = await readFile(path.join(root, 'static/album/album-001.webp'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in a folder. */
async function embed(cwd: string, ...given: string[]) {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', tsx, path.join(root, 'tools/embed.ts'), ...given], {
    cwd,
  });
  const [out, err]: string[][] = [[], []];
  child.stdout.on('data', (text) => out!.push(String(text)));
  child.stderr.on('data', (text) => err!.push(String(text)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, out: out!.join(''), err: err!.join('') };
}

describe('the command', () => {
  it('says what is missing of a model, and what to do', async () => {
    const { code, err } = await embed(folder, '.', '--model', 'nowhere', '--out', 'out');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^CheckpointIncomplete: There is no folder nowhere: .*\nName the folder of a checkpoint/,
    );
    await mkdir(path.join(folder, 'half'));
    await copyFile(
      path.join(MODEL, 'open_clip_config.json'),
      path.join(folder, 'half/open_clip_config.json'),
    );
    const half = await embed(folder, '.', '--model', 'half', '--out', 'out');
    expect(half.code).toBe(1);
    expect(half.err).toContain('CheckpointIncomplete: half holds no file of weights.');
  });

  it('embeds what a cut tar still has, says so, and finds it again from another folder', async () => {
    const members = ['a.webp', 'b.webp'].map((name) => ({ name, data: picture }));
    const whole = tarOf(members, 'gnu');
    await writeFile(path.join(folder, 'cut.tar'), whole.subarray(0, 2 * 512 + picture.length * 1.5));
    const first = await embed(folder, './cut.tar', '--model', MODEL, '--out', 'out');
    expect(first.code).toBe(2);
    expect(first.err).toMatch(/cut\.tar could not be read to its end: The tar is cut short/);
    const gaps = [{ path: path.join(folder, 'cut.tar') }];
    expect(JSON.parse(first.out)).toMatchObject({ embedded: 1, skipped: 0, found: 0, gaps });
    const there = path.join(folder, 'half');
    const again = await embed(there, '../cut.tar', '--model', MODEL, '--out', '../out');
    expect(again.code).toBe(2);
    expect(JSON.parse(again.out)).toMatchObject({ embedded: 1, found: 1, gaps });
  });
});
