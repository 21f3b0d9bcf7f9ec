import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { hasInt8, normBefore } from '../../../src/clip/weights/int8';
import { imageTensors, textTensors } from '../../../src/clip/weights/tensors';
import type { TensorShapes } from '../../../src/clip/weights/tensor-shapes';

const folders = ['tests/fixtures/towers', 'tests/fixtures/zoo/towers'].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}`),
);

function towersOf(folder: string): readonly [image: TensorShapes, text: TensorShapes] {
  const config: unknown = JSON.parse(readFileSync(`${folder}/open_clip_config.json`, 'utf8'));
  const { vision, text } = readArchitecture(config);
  return [imageTensors(vision), textTensors(text)];
}

test.each(folders)('the norm before a matrix is one of the tower: %s', (folder) => {
  for (const tensors of towersOf(folder)) {
    const inOrder = [...tensors.keys()];
    for (const [name, [, width]] of [...tensors].filter(([one, shape]) => hasInt8(one, shape))) {
      const norm = normBefore(name, inOrder);
      if (norm !== undefined) expect(tensors.get(`${norm}.weight`), name).toEqual([width]);
    }
  }
});

test.each([
  ['eva01-g', { 'attn.qkv': 'norm1', 'mlp.fc1': 'norm2' }],
  ['pe-core-b', { 'attn.qkv': 'norm1', 'mlp.fc1': 'norm2' }],
  [
    'eva02-l',
    {
      'attn.q_proj': 'norm1',
      'attn.k_proj': 'norm1',
      'attn.v_proj': 'norm1',
      'attn.proj': 'attn.norm',
      'mlp.fc1_g': 'norm2',
      'mlp.fc1_x': 'norm2',
      'mlp.fc2': 'mlp.norm',
    },
  ],
  // Its norms are behind attention and MLP, whose input is the stream itself.
  ['eva02-e', {}],
  ['vitamin-l', { 'attn.qkv': 'norm1', 'mlp.w0': 'mlp.norm', 'mlp.w1': 'mlp.norm' }],
])('the matrices of a block of %s have these norms before them', (fixture, expected) => {
  const [image] = towersOf(`tests/fixtures/zoo/towers/${fixture}`);
  const inOrder = [...image.keys()];
  const block = 'visual.trunk.blocks.0.';
  const found = inOrder.flatMap((name) => {
    const norm = name.startsWith(block) && hasInt8(name, image.get(name)!) && normBefore(name, inOrder);
    return norm ? [[name.slice(block.length).replace('.weight', ''), norm.slice(block.length)]] : [];
  });
  expect(Object.fromEntries(found)).toEqual(expected);
});
