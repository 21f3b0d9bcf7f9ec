import { describe, expect, it } from 'vitest';
import { packText, unpackText } from '../../src/core/packed-text';

describe('packText', () => {
  it.each(['', 'dog', '\uFEFFhäuser 🐕\n'.repeat(1000)])('is undone by unpackText', async (text) => {
    const packed = await packText(text);
    expect(packed).toMatch(/^[\w-]*$/);
    expect(await unpackText(packed, 100_000)).toBe(text);
  });

  it('writes what any inflater of RFC 1951 reads', async () => {
    const { inflateRawSync } = await import('node:zlib');
    expect(inflateRawSync(Buffer.from(await packText('two cats'), 'base64url')).toString()).toBe('two cats');
  });
});

describe('unpackText', () => {
  it('stops where the text is longer than it may be', async () => {
    const packed = await packText('a'.repeat(1000));
    expect(await unpackText(packed, 999)).toBeUndefined();
    expect(await unpackText(packed, 1000)).toHaveLength(1000);
  });

  it('reads no text from what is cut, changed or none', async () => {
    const packed = await packText('two cats on a sofa');
    expect(await unpackText(packed.slice(0, -4), 1000)).toBeUndefined();
    expect(await unpackText('not base64!', 1000)).toBeUndefined();
    const { deflateRawSync } = await import('node:zlib');
    const latin = deflateRawSync(Buffer.from([0xe4, 0x20])).toString('base64url');
    expect(await unpackText(latin, 1000)).toBeUndefined();
  });
});
