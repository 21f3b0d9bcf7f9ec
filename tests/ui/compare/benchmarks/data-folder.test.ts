import { describe, expect, it } from 'vitest';
import type { GivenFile } from '../../../../src/ui/kit/given-files';
import { dataFolder, repositoryOf } from '../../../../src/ui/compare/benchmarks/data-folder';

const given = (path: string): GivenFile => ({ ok: true, path, file: new File([], path) });
const pathsOf = async (paths: readonly string[]) => {
  const folder = await dataFolder(paths.map(given), () => undefined);
  return { name: folder.kind === 'folder' ? folder.name : '', paths: folder.files.map(({ path }) => path) };
};

describe('dataFolder', () => {
  it('is called after the one folder, whose name the paths leave out', async () => {
    expect(await pathsOf(['wds_x/classnames.txt', 'wds_x/test/0.tar'])).toEqual({
      name: 'wds_x',
      paths: ['classnames.txt', 'test/0.tar'],
    });
  });

  it('takes several things at once as they are', async () => {
    const paths = ['ovad2000.json', 'val2017/1.jpg'];
    expect(await pathsOf(paths)).toEqual({ name: 'data set', paths });
  });

  it('tells how many files were found', async () => {
    const told: number[] = [];
    await dataFolder(
      Array.from({ length: 1200 }, (_, at) => given(`a/${at}.jpg`)),
      (count) => told.push(count),
    );
    expect(told).toEqual([500, 1000]);
  });

  it('reports an empty folder, and a file that cannot be read', async () => {
    await expect(dataFolder([], () => undefined)).rejects.toThrow(
      expect.objectContaining({ name: 'DataSetIncomplete' }),
    );
    const bad: GivenFile = { ok: false, path: 'a/b', message: 'denied' };
    await expect(dataFolder([given('a/a'), bad], () => undefined)).rejects.toThrow('a/b: denied');
  });
});

it.each([
  ['clip-benchmark/wds_flickr30k', 'clip-benchmark/wds_flickr30k'],
  [
    ' https://huggingface.co/datasets/clip-benchmark/wds_flickr30k/tree/main ',
    'clip-benchmark/wds_flickr30k',
  ],
  ['datasets/a/b/', 'a/b'],
  ['flickr30k', undefined],
  ['', undefined],
  ['a b/c', undefined],
])('reads the repository in %j', (text, repository) => {
  expect(repositoryOf(text)).toBe(repository);
});
