import type { Fixtures } from '../../tools/conformance/fixtures';

/**
 * The same golden fixtures that the suite in Node reads from disk.
 * @param root their folder, from this one
 * @param files URLs of its files by path, as `import.meta.glob` gives them
 * @param picked which folders of towers
 */
export function towerFixtures(
  root: string,
  files: Readonly<Record<string, string>>,
  picked: (folder: string) => boolean = () => true,
): Fixtures {
  const folders = new Set(
    Object.keys(files).map((path) => path.slice(`${root}/towers/`.length).split('/')[0] ?? ''),
  );
  return {
    folders: () => Promise.resolve([...folders].filter(picked).sort()),
    exists: (path) => Promise.resolve(`${root}/${path}` in files),
    async bytes(path) {
      const url = files[`${root}/${path}`.replace(/[^/]+\/\.\.\//, '')];
      if (url === undefined) throw new Error(`no fixture ${path}`);
      return new Uint8Array(await (await fetch(url)).arrayBuffer());
    },
    tokenizer: () => Promise.resolve(undefined),
  };
}
