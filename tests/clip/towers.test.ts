import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/clip/session-node';
import type { Precision } from '../../src/clip/weights';
import { nodeFixtures } from '../../tools/conformance/node-fixtures';
import { nothingComputed, type CaseResult } from '../../tools/conformance/result';
import { runTowers } from '../../tools/conformance/towers';

const fixtures = nodeFixtures(path.resolve('tests/fixtures'), undefined);

async function runAll(precision: Precision): Promise<CaseResult[]> {
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const results: CaseResult[] = [];
  for await (const result of runTowers(fixtures, runtime, precision, nothingComputed())) results.push(result);
  return results;
}

describe('towers written from OpenCLIP checkpoints, on wasm', () => {
  it('give the embeddings of OpenCLIP for every checkpoint they do not refuse', async () => {
    const results = await runAll('fp32');
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThanOrEqual(19);
    expect(results.filter(({ status }) => status === 'refused')).toMatchObject([
      { name: 'rn50-like', detail: expect.stringContaining('vision_cfg.layers = [2,1,1,1]') as string },
      {
        name: 'siglip',
        detail: expect.stringContaining('timm_model_name = "vit_base_patch16_siglip_224"') as string,
      },
    ]);
  });

  it('lose nothing to fp16 storage where the checkpoint is fp16', async () => {
    const results = await runAll('fp16-storage');
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
    const stored = results.find(({ name }) => name === 'vit-quickgelu-fp16');
    expect(stored?.difference).toBeLessThan(2e-5);
  });
});
