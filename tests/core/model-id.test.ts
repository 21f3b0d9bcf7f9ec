import { expect, it } from 'vitest';
import { atSize, baseId, isMadeBy, sizeOfId } from '../../src/core/model-id';

it.each([
  ['vit-1', 'vit-1', undefined],
  ['vit-1@336x224', 'vit-1', [336, 224]],
  ['a@b', 'a@b', undefined],
  ['a@b@8x16', 'a@b', [8, 16]],
  ['a@8x', 'a@8x', undefined],
  ['a@8x16x32', 'a@8x16x32', undefined],
  ['a@123456x1', 'a@123456x1', undefined],
  ['@8x8', '@8x8', undefined],
])('the id %s is of the model %s at %j', (id, base, size) => {
  expect(baseId(id)).toBe(base);
  expect(sizeOfId(id)).toEqual(size);
  if (size) expect(atSize(base, sizeOfId(id))).toBe(id);
});

it('gives a model another size, or its own', () => {
  expect(atSize('vit-1@336x336', [160, 128])).toBe('vit-1@160x128');
  expect(atSize('vit-1@336x336', undefined)).toBe('vit-1');
});

it.each([
  ['vit', 'vit', true],
  ['vit', 'vit@8x8', true],
  ['vit@8x8', 'vit@8x8', true],
  ['vit@8x8', 'vit', false],
  ['vit', 'vit-2', false],
  ['vit', 'vit@b', false],
])('of %s, what bears the id %s was made by it: %j', (model, id, made) => {
  expect(isMadeBy(model, id)).toBe(made);
});
