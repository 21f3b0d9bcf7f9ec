import { describe, expect, it } from 'vitest';
import { threadNeed } from '../../src/clip/thread-need';

describe('threadNeed', () => {
  it.each<[string, Parameters<typeof threadNeed>[0], string]>([
    ['clipscope-l', { imageSize: [96, 96], patchSize: 16, parameters: { image: 4_200_000 } }, 'one'],
    ['TinyCLIP-ViT-8M-16', { imageSize: [224, 224], patchSize: 16, parameters: { image: 8_000_000 } }, 'all'],
    ['ViT-B-32', { imageSize: [224, 224], patchSize: 32, parameters: { image: 87_849_216 } }, 'all'],
    ['patches that are not square', { imageSize: [96, 96], parameters: { image: 4_200_000 } }, 'all'],
  ])('%s', (_, shape, need) => {
    expect(threadNeed(shape)).toBe(need);
  });

  it('goes by the picture size that is asked for', () => {
    const small = { imageSize: [96, 96], patchSize: 16, parameters: { image: 4_200_000 } } as const;
    expect(threadNeed(small, [480, 480])).toBe('all');
    expect(threadNeed(undefined)).toBe('all');
  });
});
