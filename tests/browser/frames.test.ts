import { expect, test } from 'vitest';
import { browserRuntime } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import expectedJson from '../../src/clip/self-check.expected.json';
import { mulberry32 } from '../../src/core/random';
import { largestDifference } from '../../src/core/vectors';
import { loadTowers } from '../../src/engine/loaded-towers';
import { readTowers } from '../../src/engine/model-source';
import type { Platform } from '../../src/engine/platform';
import { bufferSource } from '../../src/formats/byte-source';
import { findAdapter } from '../../src/gpu/device';
import { frameOf, normalisedInput } from '../../src/image/frame';
import { fit } from '../../src/image/geometry';
import { sourceOf } from '../../src/image/raster';
import configUrl from '../fixtures/towers/vit-quickgelu/open_clip_config.json?url';
import weightsUrl from '../fixtures/towers/vit-quickgelu/open_clip_model.safetensors?url';

const source = await readTowers(
  { id: 'tiny', name: 'tiny', precision: 'fp32' },
  {
    config: await (await fetch(configUrl)).text(),
    weights: bufferSource(new Uint8Array(await (await fetch(weightsUrl)).arrayBuffer())),
  },
);

/** The browser's WebGPU, trusted but for frames. @param ticks what the clock adds at each look, in turn */
function platform(ticks: readonly number[], corrupted = false): { here: Platform; keys: Set<string> } {
  const keys = new Set<string>();
  const passed = {
    has: async (key: string) => !key.startsWith('resize') || keys.has(key),
    add: async (key: string) => void keys.add(key),
  };
  let [time, looks] = [0, 0];
  const here: Platform = {
    runtime: (backend) => browserRuntime(backend, RUNTIME_FILES, 1),
    threads: 1,
    cores: 2,
    now: () => (time += ticks[looks++ % ticks.length]!),
    gpu: {
      findAdapter: async () => {
        const adapter = await findAdapter();
        return adapter && corrupted ? corruptedAdapter(adapter) : adapter;
      },
      expectedEmbeddings: async () => expectedJson,
      passed,
      name: 'this browser',
    },
  };
  return { here, keys };
}

/** An adapter whose devices round the resized pixels up. */
function corruptedAdapter(adapter: GPUAdapter): GPUAdapter {
  const requestDevice = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (wanted) => {
    const device = await requestDevice(wanted);
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (shader) =>
      create({ ...shader, code: shader.code.replace('1 << (weight_bits - 1)', '(1 << weight_bits) - 1') });
    return device;
  };
  return adapter;
}

const WEBGPU = { backend: 'webgpu', arithmetic: 'fp32' } as const;
const { preprocess } = source.architecture;

function frame(width: number, height: number) {
  const random = mulberry32(width);
  const data = Uint8Array.from({ length: width * height * 4 }, () => Math.floor(random() * 256));
  return frameOf(sourceOf({ width, height, channels: 4, data }), fit(width, height, preprocess), preprocess);
}

test('frames are resized where the tower runs, once that was seen to be equal and no slower', async () => {
  const { here, keys } = platform([0]);
  const towers = await loadTowers(source, WEBGPU, here);
  expect(towers.runsOn.backend).toBe('webgpu');
  expect([...keys].map((key) => key.split(' | ').at(-1))).toEqual(['GPU']);
  const image = await towers.image();
  const frames = [frame(90, 50), frame(33, 70), frame(20, 20)];
  const input = await towers.resize!.input(frames, image.batchOf(frames.length));
  const expected = await image.encode(normalisedInput(frames, preprocess), frames.length);
  const rows = await image.encode(input, frames.length);
  expect(rows).toHaveLength(3 * image.outputDim);
  expect(largestDifference(rows, expected)).toBeLessThan(1e-6);
  await towers.release();
  const again = await loadTowers(source, WEBGPU, here);
  expect(again.resize).toBeDefined();
  await again.release();
});

test.each([
  ['gives other bytes than the CPU', [0], true],
  ['is slower than the CPU', [1, 10, 1], false],
])('a device that %s resizes none', async (_, ticks, corrupted) => {
  const { here, keys } = platform(ticks, corrupted);
  for (let visit = 0; visit < 2; visit++) {
    const towers = await loadTowers(source, WEBGPU, here);
    expect(towers.runsOn.backend).toBe('webgpu');
    expect(towers.resize).toBeUndefined();
    await towers.release();
  }
  expect([...keys].map((key) => key.split(' | ').at(-1))).toEqual(['CPU']);
});
