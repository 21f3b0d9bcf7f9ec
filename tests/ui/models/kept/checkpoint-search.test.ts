import { describe, expect, it } from 'vitest';
import { CheckpointSearch } from '../../../../src/ui/models/kept/checkpoint-search';

const file = (name: string, type = '') => new File(['x'], name, { type });

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
    expect((search.found()!.weights as File).name).toBe('open_clip_model.safetensors');
  });

  it('prefers OpenCLIP’s older name to another library’s weights', () => {
    const search = new CheckpointSearch();
    for (const name of ['model.safetensors', 'open_clip_pytorch_model.safetensors', 'a.safetensors']) {
      search.take({ file: file(name), path: `x/${name}` });
    }
    const found = search.foundAlone();
    expect(found?.name).toBe('x');
    expect((found!.weights as File).name).toBe('open_clip_pytorch_model.safetensors');
  });

  it('takes weights of any name, and parts of weights with their index', () => {
    const search = new CheckpointSearch();
    const [shard, index] = ['model-00001-of-00002.safetensors', 'model.safetensors.index.json'];
    expect(search.take({ file: file(shard), path: `x/${shard}` })).toBe(true);
    expect(search.foundAlone()).toBeUndefined();
    search.take({ file: file(index), path: `x/${index}` });
    expect(search.foundAlone()).toMatchObject({
      name: 'x',
      weights: { name: index },
      shards: [{ name: shard }],
    });
    for (const name of ['vit.safetensors', 'openclip-b32.safetensors', 'model.safetensors']) {
      expect(search.take({ file: file(name), path: `x/${name}` })).toBe(true);
    }
    expect((search.foundAlone()!.weights as File).name).toBe('openclip-b32.safetensors');
    expect(search.foundAlone()).not.toHaveProperty('shards');
  });

  it('finds what transformers wrote, but no config.json without weights', () => {
    const search = new CheckpointSearch();
    const take = (...names: string[]) => {
      for (const name of names) search.take({ file: file(name), path: `x/${name}` });
    };
    take('config.json', 'preprocessor_config.json', 'processor_config.json', 'package.json');
    expect(search.count).toBe(3);
    expect(search.found()).toBeUndefined();
    take('model.safetensors');
    expect(search.found()).toMatchObject({
      config: { name: 'config.json' },
      weights: { name: 'model.safetensors' },
      preprocessor: { name: 'preprocessor_config.json' },
      processor: { name: 'processor_config.json' },
    });
    take('open_clip_config.json');
    expect(search.found()).toMatchObject({ config: { name: 'open_clip_config.json' } });
  });

  it('finds nothing without a config or weights', () => {
    const search = new CheckpointSearch();
    search.take({ file: file('tokenizer.json'), path: 'x/tokenizer.json' });
    expect(search.found()).toBeUndefined();
    expect(search.foundAlone()).toBeUndefined();
    expect(search.count).toBe(1);
  });

  it('takes model.safetensors before other names, else the first in the alphabet, and tells what lies beside', () => {
    const choose = (...names: string[]) => {
      const search = new CheckpointSearch();
      for (const name of names) search.take({ file: file(name), path: `x/${name}` });
      return search.foundAlone()!.choice;
    };
    expect(choose('a.safetensors', 'model.safetensors')).toEqual({
      taken: 'model.safetensors',
      besides: ['a.safetensors'],
    });
    for (const names of [
      ['b.safetensors', 'a.safetensors'],
      ['a.safetensors', 'b.safetensors'],
    ]) {
      expect(choose(...names)).toEqual({ taken: 'a.safetensors', besides: ['b.safetensors'] });
    }
    expect(choose('a.safetensors')).toBeUndefined();
  });
});
