import { expect, it } from 'vitest';
import { sizeOfId } from '../../../../src/core/model-id';
import { choiceText, ownRowsName, type ColumnChoice } from '../../../../src/ui/compare/photos/column-choice';

const AUTO = { backend: 'auto', arithmetic: 'auto' } as const;
const WASM = { backend: 'wasm', arithmetic: 'fp32' } as const;

it.each<[ColumnChoice, Omit<ColumnChoice, 'id'>, string]>([
  [{ id: 'vit', ...AUTO }, AUTO, 'ViT'],
  [{ id: 'vit@320x320', ...AUTO }, AUTO, 'ViT · 320 px'],
  [{ id: 'vit', ...WASM }, AUTO, 'ViT · WASM · full precision'],
  [{ id: 'vit', ...WASM }, WASM, 'ViT'],
  [{ id: 'vit', ...AUTO }, WASM, 'ViT · the fastest · fast arithmetic'],
])('%j, where %j is usual, is called %s', (choice, usual, name) => {
  expect(choiceText(choice, { name: 'ViT' }, usual)).toBe(name);
});

it('is called by its id if the model is not listed, and rows of its own by no id of a model', () => {
  expect(choiceText({ id: 'vit@96x96', ...AUTO }, undefined, AUTO)).toBe('vit · 96 px');
  const name = ownRowsName({ id: 'vit@96x96', ...WASM });
  expect(name).not.toBe(ownRowsName({ id: 'vit@96x96', ...WASM, arithmetic: 'auto' }));
  expect(sizeOfId(name)).toBeUndefined();
});
