import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress } from '../../../src/ui/app/address';

describe('readAddress', () => {
  it.each([
    ['', { model: undefined, backend: undefined, tab: 'search' }],
    ['?model=vit-b-32&backend=wasm&tab=label', { model: 'vit-b-32', backend: 'wasm', tab: 'label' }],
    ['?model=&backend=cuda&tab=compare', { model: undefined, backend: undefined, tab: 'search' }],
    ['?backend=webgpu', { model: undefined, backend: 'webgpu', tab: 'search' }],
  ])('%s', (search, address) => {
    expect(readAddress(search)).toEqual(address);
  });
});

describe('writeAddress', () => {
  it('writes what it reads', () => {
    const address = { model: 'my model & co', backend: 'wasm', tab: 'label' } as const;
    const { search } = new URL(writeAddress('https://example.org/clip/?x=1#top', address));
    expect(readAddress(search)).toEqual(address);
  });

  it('leaves everything else as it is', () => {
    const shown = { model: 'a', backend: undefined, tab: 'search' } as const;
    const href = writeAddress('https://example.org/clip/?x=1&tab=label&backend=wasm#top', shown);
    expect(href).toBe('https://example.org/clip/?x=1&model=a#top');
  });
});
