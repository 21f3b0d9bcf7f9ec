import { describe, expect, it } from 'vitest';
import { arrivalText, CheckpointSearch, kindOf } from '../../../src/ui/photos/arrivals';

const file = (name: string, type = '') => new File(['x'], name, { type });

describe('kindOf', () => {
  it.each([
    ['a.jpg', 'image/jpeg', 'picture'],
    ['no-ending', 'image/png', 'picture'],
    ['IMG_0001.HEIC', '', 'picture'],
    ['drawing.svg', '', 'picture'],
    ['notes.txt', 'text/plain', 'other'],
    ['movie.mp4', 'video/mp4', 'other'],
    ['jpg', '', 'other'],
    ['open_clip_config.json', 'application/json', 'config'],
    ['open_clip_model.safetensors', '', 'weights'],
    ['open_clip_pytorch_model.safetensors', '', 'weights'],
    ['model.safetensors', '', 'weights'],
    ['model.bin', '', 'other'],
    ['tokenizer.json', 'application/json', 'tokenizer'],
    ['tokenizer_config.json', 'application/json', 'tokenizerConfig'],
  ])('%s (%s) is a %s', (name, type, kind) => {
    expect(kindOf(file(name, type))).toBe(kind);
  });
});

describe('CheckpointSearch', () => {
  it('finds the files beside the config, under the folder’s name', () => {
    const search = new CheckpointSearch();
    const weights = file('open_clip_model.safetensors');
    search.take({ file: file('tokenizer.json'), path: 'models/other/tokenizer.json' }, 'tokenizer');
    search.take({ file: weights, path: 'models/vit/open_clip_model.safetensors' }, 'weights');
    search.take({ file: file('open_clip_config.json'), path: 'models/vit/open_clip_config.json' }, 'config');
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
    search.take({ file: file('open_clip_config.json'), path: 'open_clip_config.json' }, 'config');
    for (const name of names) search.take({ file: file(name), path: name }, 'weights');
    expect((search.found()?.weights as File).name).toBe('open_clip_model.safetensors');
  });

  it('prefers OpenCLIP’s older name to another library’s weights', () => {
    const search = new CheckpointSearch();
    for (const name of ['model.safetensors', 'open_clip_pytorch_model.safetensors', 'a.safetensors']) {
      search.take({ file: file(name), path: `x/${name}` }, 'weights');
    }
    const found = search.foundAlone();
    expect(found?.name).toBe('x');
    expect((found?.weights as File).name).toBe('open_clip_pytorch_model.safetensors');
  });

  it('finds nothing without a config or weights', () => {
    const search = new CheckpointSearch();
    search.take({ file: file('tokenizer.json'), path: 'x/tokenizer.json' }, 'tokenizer');
    expect(search.found()).toBeUndefined();
    expect(search.foundAlone()).toBeUndefined();
    expect(search.files).toBe(1);
  });
});

describe('what is said', () => {
  it.each([
    [80, 0, 0, 0, 0, '80 photos added'],
    [1, 0, 3, 0, 12, '1 photo added · 3 already here · 12 other files left out'],
    [0, 0, 3, 0, 0, '3 already here'],
    [0, 2, 3, 4, 0, '2 changed · 3 already here · 4 gone'],
    [0, 0, 0, 0, 1, '1 other file left out'],
    [0, 0, 0, 0, 0, '0 photos added'],
  ])(
    'of %i new, %i changed, %i known, %i gone and %i other files',
    (added, changed, already, gone, others, text) => {
      expect(arrivalText({ added, changed, already, gone, others })).toBe(text);
    },
  );
});
