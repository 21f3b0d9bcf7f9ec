import { describe, expect, it } from 'vitest';
import {
  DEFAULT_HUB,
  nameOfSource,
  originOf,
  readHub,
  readSource,
} from '../../../../src/ui/models/hub/hub-source';

const hub = (repository: string, revision?: string, base = DEFAULT_HUB) => ({
  kind: 'hub',
  hub: base,
  repository,
  ...(revision && { revision }),
});
const folder = (url: string) => ({ kind: 'folder', url });
const MIRROR = 'https://mirror.example/hub';

describe('what a person names', () => {
  it.each([
    [
      'laion/CLIP-ViT-B-32-laion2B-s34B-b79K',
      hub('laion/CLIP-ViT-B-32-laion2B-s34B-b79K', undefined, MIRROR),
    ],
    ['  timm/vit.x@refs/pr/1 ', hub('timm/vit.x', 'refs/pr/1', MIRROR)],
    ['https://huggingface.co/laion/x', hub('laion/x')],
    ['https://huggingface.co/laion/x/tree/main?not=this', hub('laion/x', 'main')],
    [`${MIRROR}/laion/x/blob/0123abc/open_clip_config.json`, hub('laion/x', '0123abc', MIRROR)],
    ['https://files.example/models/x', folder('https://files.example/models/x/')],
    [
      'https://files.example/x/openclip-b32.safetensors?download',
      folder('https://files.example/x/openclip-b32.safetensors'),
    ],
    [
      'https://files.example/x/model-00001-of-00002.safetensors',
      folder('https://files.example/x/model-00001-of-00002.safetensors/'),
    ],
    ['http://localhost:8080/x/', folder('http://localhost:8080/x/')],
    ['laion', undefined],
    ['laion/x/y', undefined],
    ['https://huggingface.co/laion', undefined],
    ['http://files.example/x', undefined],
    ['', undefined],
  ])('%s', (text, source) => {
    expect(readSource(text, MIRROR)).toEqual(source);
  });

  it('has a name and an origin', () => {
    const repository = readSource('laion/CLIP-ViT-B-32', DEFAULT_HUB)!;
    expect([nameOfSource(repository), originOf(repository)]).toEqual(['CLIP-ViT-B-32', DEFAULT_HUB]);
    const own = readSource('https://files.example/my%20models/B', DEFAULT_HUB)!;
    expect([nameOfSource(own), originOf(own)]).toEqual(['B', 'https://files.example']);
    const weights = readSource('https://files.example/B/openclip-b32.safetensors', DEFAULT_HUB)!;
    expect(nameOfSource(weights)).toBe('B');
    expect(nameOfSource(readSource('https://files.example', DEFAULT_HUB)!)).toBe('My checkpoint');
  });
});

it.each([
  ['https://mirror.example', 'https://mirror.example'],
  [' https://mirror.example/hub// ', 'https://mirror.example/hub'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
  ['ftp://mirror.example', undefined],
  ['mirror.example', undefined],
])('the hub at “%s” is %s', (text, address) => {
  expect(readHub(text)).toBe(address);
});
