import { describe, expect, it } from 'vitest';
import { CheckpointSearch, partOf } from '../../../../src/ui/models/kept/checkpoint-search';

const file = (name: string, type = '') => new File(['x'], name, { type });

it.each([
  ['open_clip_config.json', 'config'],
  ['open_clip_model.safetensors', 'weights'],
  ['open_clip_pytorch_model.safetensors', 'weights'],
  ['model.safetensors', 'weights'],
  ['tokenizer.json', 'tokenizer'],
  ['tokenizer_config.json', 'tokenizerConfig'],
  ['model.bin', undefined],
  ['config.json', undefined],
  ['notes.txt', undefined],
])('%s is the %s of a checkpoint', (name, part) => {
  expect(partOf(file(name))).toBe(part);
});

describe('CheckpointSearch', () => {
  it('finds the files beside the config, under the folder’s name', () => {
    const search = new CheckpointSearch();
    const weights = file('open_clip_model.safetensors');
    search.take({ file: file('tokenizer.json'), path: 'models/other/tokenizer.json' });
    search.take({ file: weights, path: 'models/vit/open_clip_model.safetensors' });
    search.take({ file: file('open_clip_config.json'), path: 'models/vit/open_clip_config.json' });
    const found = search.found();
    expect(found?.name).toBe('vit');
    expect(found?.weights).toBe(weights);
    expect(found).not.toHaveProperty('tokenizer');
  });

  it.each([
    [['open_clip_pytorch_model.safetensors', 'open_clip_model.safetensors']],
    [['open_clip_model.safetensors', 'open_clip_pytorch_model.safetensors']],
    [['model.safetensors', 'open_clip_model.safetensors']],
  ])('prefers the present name of the weights: %s', (names) => {
    const search = new CheckpointSearch();
    search.take({ file: file('open_clip_config.json'), path: 'open_clip_config.json' });
    for (const name of names) search.take({ file: file(name), path: name });
    expect((search.found()?.weights as File).name).toBe('open_clip_model.safetensors');
  });

  it('prefers OpenCLIP’s older name to another library’s weights', () => {
    const search = new CheckpointSearch();
    for (const name of ['model.safetensors', 'open_clip_pytorch_model.safetensors', 'a.safetensors']) {
      search.take({ file: file(name), path: `x/${name}` });
    }
    const found = search.foundAlone();
    expect(found?.name).toBe('x');
    expect((found?.weights as File).name).toBe('open_clip_pytorch_model.safetensors');
  });

  it('finds nothing without a config or weights', () => {
    const search = new CheckpointSearch();
    search.take({ file: file('tokenizer.json'), path: 'x/tokenizer.json' });
    expect(search.found()).toBeUndefined();
    expect(search.foundAlone()).toBeUndefined();
    expect(search.count).toBe(1);
  });
});
