import { describe, expect, it } from 'vitest';
import { reserveLess, wasmBytes } from '../../src/clip/wasm-memory';

/** A browser that reserves at most `most` pages of shared memory; `asked` are the maxima it was asked for. */
function scope(most: number) {
  const asked: (number | undefined)[] = [];
  class Memory extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      asked.push(descriptor.maximum);
      if (descriptor.shared && (descriptor.maximum ?? 0) > most) throw new RangeError('Out of memory');
      super(descriptor);
    }
  }
  const browser = { Memory };
  reserveLess(browser);
  return { browser, asked };
}

const WHOLE = { initial: 16, maximum: 65_536, shared: true };

describe('shared memory', () => {
  it('is as large as it was asked for, where that can be had', () => {
    const { browser, asked } = scope(65_536);
    expect(new browser.Memory(WHOLE).buffer.byteLength).toBe(16 * 65_536);
    expect(asked).toEqual([65_536]);
  });

  it.each([
    [40_000, [65_536, 32_768]],
    [10_000, [65_536, 32_768, 16_384, 8192]],
    [16, [65_536, 32_768, 16_384, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16]],
  ])('takes less where a browser reserves %i pages', (most, maxima) => {
    const { browser, asked } = scope(most);
    const memory = new browser.Memory(WHOLE);
    expect(asked).toEqual(maxima);
    expect(memory).toBeInstanceOf(WebAssembly.Memory);
    expect(() => memory.grow(maxima.at(-1)! - 15)).toThrow(RangeError);
  });

  it('is refused in the browser’s own words where there is not even the beginning', () => {
    const { browser, asked } = scope(15);
    expect(() => new browser.Memory(WHOLE)).toThrow('Out of memory');
    expect(asked.at(-1)).toBe(16);
  });

  it('leaves memory of one thread, and every other error, as they are', () => {
    const { browser, asked } = scope(1);
    expect(() => new browser.Memory({ initial: 2, maximum: 1 })).toThrow(RangeError);
    expect(() => new browser.Memory({ initial: 1, shared: true })).toThrow(TypeError);
    expect(asked).toHaveLength(2);
  });

  it('is halved once, however often it is seen to', () => {
    const { browser, asked } = scope(40_000);
    reserveLess(browser);
    new browser.Memory(WHOLE);
    expect(asked).toEqual([65_536, 32_768]);
  });

  it('is counted as it grows, and memory of one thread is not', () => {
    const { browser } = scope(65_536);
    const before = wasmBytes();
    const memory = new browser.Memory(WHOLE);
    new browser.Memory({ initial: 3 });
    expect(wasmBytes() - before).toBe(16 * 65_536);
    memory.grow(4);
    expect(wasmBytes() - before).toBe(20 * 65_536);
  });

  it('takes a module that declares more', async () => {
    // (module (import "a" "b" (memory 1 65536 shared)))
    const module = Uint8Array.of(
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[2, 11, 1, 1, 0x61, 1, 0x62, 2, 3, 1, 0x80, 0x80, 4],
    );
    const memory = new (scope(40_000).browser.Memory)({ ...WHOLE, initial: 1 });
    await WebAssembly.instantiate(module, { a: { b: memory } });
  });
});
