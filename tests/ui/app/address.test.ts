import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress, type Address } from '../../../src/ui/app/address';

const PAGE = 'https://example.org/clip/';

const nothing: Address = {
  model: undefined,
  backend: undefined,
  decoding: 'scaled',
  arithmetic: 'auto',
  tab: 'search',
  query: '',
  least: undefined,
  order: 'match',
  filter: {},
  folder: undefined,
  size: undefined,
  templates: undefined,
  labelOrder: 'photos',
  view: 'photos',
  labelSet: undefined,
};

describe('readAddress', () => {
  it.each<[string, Partial<Address>]>([
    ['', {}],
    ['?model=vit-b-32&backend=wasm&tab=label', { model: 'vit-b-32', backend: 'wasm', tab: 'label' }],
    ['?model=&backend=&tab=#q=&order=&shape=&template=', {}],
    ['?backend=webgpu', { backend: 'webgpu' }],
    ['?decode=exact', { decoding: 'exact' }],
    ['?arithmetic=fp32', { arithmetic: 'fp32' }],
    ['#q=two+cats%20%26+a+dog&order=newest', { query: 'two cats & a dog', order: 'newest' }],
    [
      '#from=2024-02-29&to=2024-12-31&shape=square&folder=DCIM%2F2',
      { filter: { from: '2024-02-29', to: '2024-12-31', orientation: 'square' }, folder: 'DCIM/2' },
    ],
    ['#folder=', { folder: '' }],
    ['#q=cats&least=0.305&size=240', { query: 'cats', least: 0.305, size: 240 }],
    ['#least=-0.02', { least: -0.02 }],
    ['#least=all', { least: -Infinity }],
    ['#label-set=bVBL_-w', { labelSet: 'bVBL_-w' }],
    ['?tab=compare#view=photos', { tab: 'compare', view: 'photos' }],
    ['#template=openai&label-order=least-sure', { templates: 'openai', labelOrder: 'least sure' }],
  ])('%s', (search, address) => {
    expect(readAddress(PAGE + search)).toEqual({ address: { ...nothing, ...address }, unknown: [] });
  });

  it.each([
    ['?backend=cuda', 'backend', 'cuda'],
    ['?decode=fast', 'decode', 'fast'],
    ['?arithmetic=int8', 'arithmetic', 'int8'],
    ['?tab=film', 'tab', 'film'],
    ['#view=film', 'view', 'film'],
    ['#order=random', 'order', 'random'],
    ['#from=2023-02-30', 'from', '2023-02-30'],
    ['#to=yesterday', 'to', 'yesterday'],
    ['#shape=round', 'shape', 'round'],
    ['#least=2', 'least', '2'],
    ['#least=0x1', 'least', '0x1'],
    ['#size=9000', 'size', '9000'],
    ['#size=big', 'size', 'big'],
    ['#template=mine', 'template', 'mine'],
    ['#label-order=best', 'label-order', 'best'],
  ])('%s is unknown, and counts as absent', (search, name, value) => {
    expect(readAddress(PAGE + search)).toEqual({ address: nothing, unknown: [{ name, value }] });
  });
});

describe('writeAddress', () => {
  it('writes what it reads', () => {
    const address: Address = {
      model: 'my model & co',
      backend: 'wasm',
      decoding: 'exact',
      arithmetic: 'fp32',
      tab: 'label',
      query: 'c++ & "100 %" #1, ümläut = ?',
      least: 0.125,
      order: 'oldest',
      filter: { from: '2024-01-01', to: '2024-12-31', orientation: 'portrait' },
      folder: 'a & b/c',
      size: 480,
      templates: 'none',
      labelOrder: 'least sure',
      view: 'photos',
      labelSet: 'bVBL_-w',
    };
    const written = writeAddress(`${PAGE}?x=1#top`, address);
    expect(readAddress(written)).toEqual({ address, unknown: [] });
    expect(writeAddress(PAGE, { ...nothing, least: -Infinity })).toBe(`${PAGE}#least=all`);
    expect(writeAddress(PAGE, { ...nothing, least: 0.1 + 0.2 })).toBe(`${PAGE}#least=0.3`);
  });

  it('leaves everything else as it is', () => {
    const href = writeAddress(`${PAGE}?x=1&tab=label&backend=wasm#top`, { ...nothing, model: 'a' });
    expect(href).toBe(`${PAGE}?x=1&model=a#top`);
    expect(writeAddress(`${PAGE}?x=1#top&q=cats&y`, { ...nothing, query: 'dogs' })).toBe(
      `${PAGE}?x=1#top&y&q=dogs`,
    );
  });

  it('keeps what is searched for from the page’s host, and names nothing that is as usual', () => {
    const written = writeAddress(`${PAGE}#q=cats&order=newest`, { ...nothing, query: 'a secret' });
    const { search, hash } = new URL(written);
    expect(search).toBe('');
    expect(hash).toBe('#q=a+secret');
    expect(writeAddress(written, nothing)).toBe(PAGE);
  });
});
