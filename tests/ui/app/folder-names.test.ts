import { describe, expect, it } from 'vitest';
import { folderName, folderNamed } from '../../../src/ui/app/folder-names';

const folders = [
  { id: 3, name: 'Holiday' },
  { id: 5, name: 'DCIM' },
  { id: 9, name: 'DCIM' },
];

describe('folderName', () => {
  it.each([
    [3, 'Holiday'],
    [5, 'DCIM'],
    [9, 'DCIM/2'],
    [0, ''],
  ])('folder %i is called “%s”, and found by it', (id, name) => {
    expect(folderName(folders, id)).toBe(name);
    expect(folderNamed(folders, name)).toBe(id);
  });

  it.each(['Elsewhere', 'DCIM/3', 'Holiday/2', 'DCIM/0', 'DCIM/x'])('“%s” is none', (name) => {
    expect(folderNamed(folders, name)).toBeUndefined();
  });

  it('a folder that is gone has no name', () => {
    expect(folderName(folders, 4)).toBeUndefined();
  });
});
