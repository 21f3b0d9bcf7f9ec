import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Computed } from '../../tools/conformance/result';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clipscope-conformance-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the command as a person would and returns its exit code and its lines. */
function run(...args: string[]): { code: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'tools/conformance.ts', '--fixtures', folder, ...args],
    { encoding: 'utf8' },
  );
  return { code: status, lines: stdout.trim().split('\n') };
}

async function addTower(name: string, as = name): Promise<string> {
  const target = path.join(folder, 'towers', as);
  await mkdir(path.dirname(target), { recursive: true });
  await cp(`tests/fixtures/towers/${name}`, target, { recursive: true });
  return target;
}

/** A tower with a setting that is not run. */
async function addRefused(): Promise<void> {
  const file = path.join(await addTower('odd-widths', 'other-attention'), 'open_clip_config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as { model_cfg: { vision_cfg: object } };
  Object.assign(config.model_cfg.vision_cfg, { scaled_cosine_attn: true });
  await writeFile(file, JSON.stringify(config));
}

describe('npm run conformance', () => {
  test('runs every folder of towers, whatever its name, and writes what it computed', async () => {
    await addTower('odd-widths', 'any name');
    await addRefused();
    const out = path.join(folder, 'out.json');
    const { code, lines } = run('--may-refuse', 'other-attention', '--out', out);
    expect(lines.slice(-2)).toEqual(['1 refused, 0 excused', '1 passed, 0 failed']);
    expect(lines[0]).toMatch(/^passed {2}towers\/any name {2}max \|difference\| \d\.\de-\d/);
    expect(code).toBe(0);
    const computed = JSON.parse(await readFile(out, 'utf8')) as Computed;
    expect(computed.towers['any name']?.image_embed_norm).toHaveLength(3);
    expect(computed.towers['any name']?.text_embed_norm[0]).toHaveLength(24);
    expect(computed).toMatchObject({ tokenizer: [], preprocess: [], classify: {} });
  });

  test('fails on a refusal that nobody allowed', async () => {
    await addRefused();
    const { code, lines } = run();
    expect(lines.slice(-2)).toEqual(['1 refused, 0 excused', '0 passed, 0 failed']);
    expect(code).toBe(1);
  });

  test('fails on a wrong number, and still writes what it computed', async () => {
    const file = path.join(await addTower('odd-widths'), 'expected.json');
    const expected = JSON.parse(await readFile(file, 'utf8')) as { image_embed_norm: number[][] };
    expected.image_embed_norm[2]?.splice(5, 1, 0.9);
    await writeFile(file, JSON.stringify(expected));
    const out = path.join(folder, 'out.json');
    const { code, lines } = run('--out', out);
    expect(lines.slice(-2)).toEqual(['0 refused, 0 excused', '0 passed, 1 failed']);
    expect(code).toBe(1);
    expect(await readFile(out, 'utf8')).toContain('odd-widths');
  });

  test('runs every case of evaluation in plain Node, and fails on a wrong metric or weight', async () => {
    const cases = path.join(folder, 'evaluation');
    await cp('tests/fixtures/evaluation/classify-4-classes', path.join(cases, 'right'), { recursive: true });
    await cp('tests/fixtures/evaluation/probe-5-classes', path.join(cases, 'wrong'), { recursive: true });
    const bias = await readFile(path.join(cases, 'wrong/bias.f32.bin'));
    bias.writeFloatLE(bias.readFloatLE(4) + 2e-4, 4);
    await writeFile(path.join(cases, 'wrong/bias.f32.bin'), bias);
    await mkdir(path.join(cases, 'no case'));
    const out = path.join(folder, 'out.json');
    const { code, lines } = run('--only', 'evaluation', '--out', out);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^failed {2}evaluation\/wrong {2}max \|difference\| 0 {2}\(weights 2\.0e-4\)/);
    expect(code).toBe(1);
    const { evaluation } = JSON.parse(await readFile(out, 'utf8')) as Computed;
    expect(evaluation.right).toMatchObject({ acc1: 0.81, acc5: null });
    expect(evaluation.wrong?.weight).toHaveLength(5);
  });

  test('fails on cases of evaluation that cannot be right, one by one, with a sentence for each', async () => {
    const add = async (name: string, change: object, files: Readonly<Record<string, string>> = {}) => {
      const place = path.join(folder, 'evaluation', name);
      await cp('tests/fixtures/evaluation/classify-4-classes', place, { recursive: true });
      const given = JSON.parse(await readFile(path.join(place, 'case.json'), 'utf8')) as { arrays: object };
      const arrays = { ...given.arrays, ...files };
      await writeFile(path.join(place, 'case.json'), JSON.stringify({ ...given, arrays, ...change }));
    };
    await add('a nothing', { expected: {} });
    await add('b shape', { arrays: { images: { file: 'images.f32.bin', shape: [1, 2] } } });
    await add('c type', { arrays: { images: { file: 'images.i64.bin', shape: [1, 2] } } });
    await add('d task', { task: 'constructor' });
    const law = { compute: [3.3e9, 3.3e9, 3.3e9], error: [0.5, 0.31, 0.2], bins: null };
    const none = { alpha: null, beta: null };
    await add('e law', { task: 'power_law', params: law, expected: { binned: none, least_squares: none } });
    const { code, lines } = run('--only', 'evaluation');
    expect(lines[0]).toContain('the case expects nothing');
    expect(lines[1]).toMatch(/images\.f32\.bin has \d+ numbers, and its shape is \[1, 2\]/);
    expect(lines[2]).toContain('images.i64.bin is none of f32, i32, u8');
    expect(lines[3]).toContain('there is no task constructor');
    expect(lines[4]).toMatch(/^passed/);
    expect(code).toBe(1);
  });

  test('fails when no case ran', () => {
    const { code, lines } = run();
    expect(lines.slice(-2)).toEqual(['0 refused, 0 excused', '0 passed, 0 failed']);
    expect(code).toBe(1);
  });
});
