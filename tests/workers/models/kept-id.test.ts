import { expect, it } from 'vitest';
import { keptId } from '../../../workers/models/kept-id';

const HASH = '0123456789abcdef';

it.each([
  ['ViT-B-32', 'ViT-B-32-01234567'],
  ['open_clip v2.1', 'open_clip-v2.1-01234567'],
  ['  my / folder  ', 'my-folder-01234567'],
  ['--dashes--', 'dashes-01234567'],
  ['größe', 'gr-e-01234567'],
  ['模型', 'model-01234567'],
  ['', 'model-01234567'],
  ['a@224x224', 'a-224x224-01234567'],
])('of %j is %s', (name, id) => expect(keptId(name, HASH)).toBe(id));

it('is another for other bytes of the same name', () => {
  expect(keptId('vit', 'ff'.repeat(32))).not.toBe(keptId('vit', HASH));
});
