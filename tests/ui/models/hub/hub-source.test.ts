import { describe, expect, it } from 'vitest';
import {
  DEFAULT_HUB,
  nameOfSource,
  originOf,
  readHub,
  readSource,
} from '../../../../src/ui/models/hub/hub-source';

const hub = (repository: string, revision?: string, base = DEFAULT_HUB, within = {}) => ({
  kind: 'hub',
  hub: base,
  repository,
  ...(revision && { revision }),
  ...within,
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
    [
      'https://huggingface.co/laion/x/blob/main/open_clip_model-00001-of-00002.safetensors',
      hub('laion/x', 'main', DEFAULT_HUB, { weights: 'open_clip_model-00001-of-00002.safetensors' }),
    ],
    [
      'https://huggingface.co/laion/x/blob/main/last.ckpt',
      hub('laion/x', 'main', DEFAULT_HUB, { weights: 'last.ckpt' }),
    ],
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
    ['mirror.example/hub/laion/x/tree/v2/sub', hub('laion/x', 'v2', MIRROR, { folder: 'sub' })],
    ['laion', undefined],
    ['laion/x/y', undefined],
    ['https://huggingface.co/laion', undefined],
    ['http://files.example/x', undefined],
    ['', undefined],
  ])('%s', (text, source) => {
    expect(readSource(text, MIRROR)).toEqual(source);
  });

  const SHA = '0123456789abcdef0123456789abcdef01234567';
  const WEIGHTS = 'open_clip_model.safetensors';
  const at = (revision?: string, within = {}) => hub('laion/x', revision, DEFAULT_HUB, within);
  it.each([
    // How people write the hub.
    ['hf-hub:laion/x', hub('laion/x', undefined, MIRROR)],
    ['hf_hub:laion/x@v2', hub('laion/x', 'v2', MIRROR)],
    ['laion/x@refs%2Fpr%2F7', hub('laion/x', 'refs/pr/7', MIRROR)],
    ['huggingface.co/laion/x', at()],
    ['www.huggingface.co/laion/x/', at()],
    ['http://huggingface.co/laion/x', at()],
    ['hf.co/laion/x/tree/v2', at('v2')],
    ['HTTPS://HF.co/laion/x', at()],
    ['git clone https://huggingface.co/laion/x', at()],
    ['git@hf.co:laion/x.git', at()],
    ['https://huggingface.co/laion/x.git', at()],
    ['hf://laion/x', hub('laion/x', undefined, MIRROR)],
    ['hf://laion/x@v2/sub/deep', hub('laion/x', 'v2', MIRROR, { folder: 'sub/deep' })],
    ['hf://models/laion/x@refs/pr/7/sub', hub('laion/x', 'refs/pr/7', MIRROR, { folder: 'sub' })],
    [`hf://laion/x/sub/${WEIGHTS}`, hub('laion/x', undefined, MIRROR, { folder: 'sub', weights: WEIGHTS })],
    // Pages of a repository.
    ['https://huggingface.co/laion/x?library=open_clip#use', at()],
    ['https://huggingface.co/laion/x/tree/main/sub', at('main', { folder: 'sub' })],
    ['https://huggingface.co/laion/x/tree/main/a%20b/c/', at('main', { folder: 'a b/c' })],
    [
      `https://huggingface.co/laion/x/tree/main/sub/${WEIGHTS}`,
      at('main', { folder: 'sub', weights: WEIGHTS }),
    ],
    ['https://huggingface.co/laion/x/tree/feature%2Fnew/sub', at('feature/new', { folder: 'sub' })],
    ['https://huggingface.co/laion/x/tree/refs%2Fpr%2F1', at('refs/pr/1')],
    ['https://huggingface.co/laion/x/tree/refs%2Fpr%2F1/sub', at('refs/pr/1', { folder: 'sub' })],
    ['https://huggingface.co/laion/x/tree/refs/pr/1/sub', at('refs/pr/1', { folder: 'sub' })],
    ['https://huggingface.co/laion/x/tree/refs%2Fconvert%2Fsafetensors', at('refs/convert/safetensors')],
    [`https://huggingface.co/laion/x/resolve/v2/${WEIGHTS}?download=true`, at('v2', { weights: WEIGHTS })],
    [
      'https://huggingface.co/laion/x/resolve/v2/sub/vit.bin',
      at('v2', { folder: 'sub', weights: 'vit.bin' }),
    ],
    ['https://huggingface.co/laion/x/blob/v2/sub/README.md', at('v2', { folder: 'sub' })],
    ['https://huggingface.co/laion/x/raw/v2/open_clip_config.json', at('v2')],
    ['https://huggingface.co/laion/x/blame/v2/open_clip_config.json', at('v2')],
    [`https://huggingface.co/laion/x/commit/${SHA}`, at(SHA)],
    ['https://huggingface.co/laion/x/commits/v2', at('v2')],
    [
      `https://huggingface.co/laion/x/commits/v2/sub/${WEIGHTS}`,
      at('v2', { folder: 'sub', weights: WEIGHTS }),
    ],
    ['https://huggingface.co/laion/x/discussions', at()],
    ['https://huggingface.co/laion/x/discussions/12', at('refs/pr/12')],
    ['https://huggingface.co/laion/x/discussions/12/files', at('refs/pr/12')],
    ['https://huggingface.co/api/models/laion/x', at()],
    ['https://huggingface.co/api/models/laion/x/revision/v2', at('v2')],
    ['https://huggingface.co/api/models/laion/x/tree/v2/sub', at('v2', { folder: 'sub' })],
    // What names no model, or not which one.
    ['huggingface.co/laion', undefined],
    ['https://huggingface.co', undefined],
    ['https://huggingface.co/datasets/laion/x', undefined],
    ['https://huggingface.co/spaces/laion/x', undefined],
    ['https://huggingface.co/docs/hub', undefined],
    ['hf://datasets/laion/x', undefined],
    ['https://huggingface.co/laion/x/settings', undefined],
    ['https://huggingface.co/laion/x/toString', undefined],
    ['https://huggingface.co/laion/x/discussions/new', undefined],
    ['https://huggingface.co/laion/x:Q4', undefined],
    ['https://huggingface.co/laion/x/tree/%E0%A4%A', undefined],
    ['laion/x@%E0%A4%A', undefined],
    ['hf-hub:laion', undefined],
    ['hf-hub:laion/x/y', undefined],
  ])('no other model than %s', (text, source) => {
    expect(readSource(text, MIRROR)).toEqual(source);
  });

  it('has a name and an origin', () => {
    const repository = readSource('laion/CLIP-ViT-B-32', DEFAULT_HUB)!;
    expect([nameOfSource(repository), originOf(repository)]).toEqual(['CLIP-ViT-B-32', DEFAULT_HUB]);
    const inside = readSource('https://hf.co/laion/x/tree/main/epoch/5', DEFAULT_HUB)!;
    expect(nameOfSource(inside)).toBe('x/epoch/5');
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

it('a file that the catalogue knows has the config that its repository lacks', () => {
  const file = 'Model-B-32_Data-80M_Samples-3B_lr-5e-4_bs-32k.pt';
  const page = `https://huggingface.co/laion/scaling-laws-openclip/blob/main/${file}`;
  const source = readSource(page, 'https://huggingface.co');
  expect(source).toMatchObject({ repository: 'laion/scaling-laws-openclip', weights: file });
  const { config = '' } = source as { config?: string };
  expect(JSON.parse(config)).toMatchObject({ model_cfg: { embed_dim: 512 } });
  expect(readSource('laion/scaling-laws-openclip', 'https://huggingface.co')).not.toHaveProperty('config');
});
