import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileAddress, readRepository } from '../../src/hub/repository';
import { fetchSmall } from '../../src/hub/small-file';
import { openTestHub, type TestHub } from '../helpers/hub';
import { openScratch, testConnection, type Scratch } from './fixtures';

const NAME = 'Someone/CLIP.small-1_0';
/** What git and SHA-256 make of "hello\n". */
const GIT = 'ce013625030ba8dba906f756967f9e9ca394464a';
const SHA256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

let scratch: Scratch;
let hub: TestHub;
let folder = '';
let commit = '';
beforeAll(async () => {
  scratch = await openScratch();
  const content = 'hello\n';
  folder = await scratch.folder({ 'config.json': content, 'model.safetensors': content, 'a/b/c.txt': '' });
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  ({ commit } = await hub.add(NAME, folder, { licence: 'mit' }));
});
afterEach(() => hub.close());

const read = (repository = NAME, revision?: string) =>
  readRepository({ hub: hub.url, repository, ...(revision !== undefined && { revision }) }, testConnection());

/** The address of a request, in whichever form it was given. */
function urlText(url: Parameters<typeof fetch>[0]): string {
  return url instanceof Request ? url.url : url.toString();
}

describe('a repository', () => {
  it('is read at one commit, with a hash for each file', async () => {
    const { files, ...rest } = await read();
    expect(rest).toEqual({ name: NAME, commit, licence: 'mit' });
    expect(files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'a/b/c.txt', byteLength: 0, gitBlob: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' },
      { path: 'config.json', byteLength: 6, gitBlob: GIT },
      { path: 'model.safetensors', byteLength: 6, sha256: SHA256 },
    ]);
  });

  it('of a data set is read by its own address', async () => {
    const added = await hub.add('datasets/Someone/wds_small', folder, { licence: 'mit' });
    const { files, ...rest } = await read('datasets/Someone/wds_small');
    expect(rest).toEqual({ name: 'Someone/wds_small', commit: added.commit, licence: 'mit' });
    const url = fileAddress(
      { hub: hub.url, repository: 'datasets/Someone/wds_small' },
      rest.commit,
      'model.safetensors',
    );
    expect(files).toContainEqual({ path: 'model.safetensors', byteLength: 6, sha256: SHA256 });
    expect(new TextDecoder().decode(await fetchSmall(url, testConnection()))).toBe('hello\n');
    await expect(read('Someone/wds_small')).rejects.toThrow(expect.objectContaining({ name: 'HubNotFound' }));
  });

  it('without a licence has none', async () => {
    await hub.add('a/b', folder);
    expect(await read('a/b')).not.toHaveProperty('licence');
  });

  it('is listed at the resolved commit, even if the branch moves on', async () => {
    const listings = () => hub.requests.filter(({ path }) => path.includes('/tree/')).map(({ path }) => path);
    await read();
    expect(listings()).toEqual([`/api/models/${NAME}/tree/${commit}`]);
    await hub.add(NAME, await scratch.folder({ 'config.json': 'newer' }));
    const [newest, older] = [await read(), await read(NAME, commit)];
    expect(newest.commit).not.toBe(commit);
    expect(newest.files).toHaveLength(1);
    expect(older.commit).toBe(commit);
    expect(older.files).toHaveLength(3);
  });

  it('with many files is read page by page', async () => {
    const names = Array.from({ length: 101 }, (_, at) => `part-${String(at).padStart(3, '0')}.txt`);
    await hub.add('a/many', await scratch.folder(Object.fromEntries(names.map((name) => [name, name]))));
    const { files } = await read('a/many');
    expect(files.map(({ path }) => path)).toEqual(names);
    expect(hub.requests.filter(({ path }) => path.includes('/tree/'))).toHaveLength(3);
  });

  it.each([
    ['is not there', 'no/body', undefined, 'there is none, or not for everyone.'],
    ['has no such revision', NAME, 'v9', 'no such revision.'],
    ['has no such pull request', NAME, 'refs/pr/1', 'no such revision.'],
  ])('that %s is not found', async (_, repository, revision, said) => {
    const message = expect.stringContaining(said) as string;
    await expect(read(repository, revision)).rejects.toMatchObject({ name: 'HubNotFound', message });
  });

  it('that is gated is listed, but its files are refused', async () => {
    await hub.add(NAME, folder, { gated: true });
    const { files, commit: gated } = await read();
    expect(files).toHaveLength(3);
    for (const { path } of files) {
      const url = fileAddress({ hub: hub.url, repository: NAME }, gated, path);
      await expect(fetchSmall(url, testConnection())).rejects.toMatchObject({ name: 'HubForbidden' });
    }
  });

  it.each([/\/revision\//, /\/tree\//])('is not read if %s breaks off', async (match) => {
    hub.fault(match, { kind: 'cut', after: 20 });
    await expect(read()).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(/^The connection to 127\.0\.0\.1:\d+ broke off: /) as string,
    });
  });
});

describe('an answer that does not come from a hub', () => {
  const SHA = 'a'.repeat(40);
  const info = JSON.stringify({ _id: '1', id: 'a/b', sha: SHA });
  const noHub = /^hub\.test does not answer as a hub does: /;

  it.each<[what: string, info: string, listing: string, said: RegExp]>([
    ['a page for people', '<html></html>', '', noHub],
    ['nothing', '', '', noHub],
    ['null', 'null', '', noHub],
    ['no commit', '{"_id":"1","id":"a/b"}', '', /^hub\.test names no commit of a\/b\.$/],
    ['a commit that is none', '{"id":"a/b","sha":"main"}', '', /^hub\.test names no commit of a\/b\.$/],
    ['a listing for people', info, '<html></html>', noHub],
    ['a listing that is no list', info, '{}', noHub],
    ['a listing of nothing', info, '[null]', noHub],
    ['a file without a size', info, '[{"type":"file","path":"x"}]', noHub],
    ['a file without a path', info, '[{"type":"file","size":1}]', noHub],
  ])('%s is HubUnreadable', async (_, described, listing, said) => {
    const connection = testConnection({
      fetch: async (url) => new Response(urlText(url).includes('/tree/') ? listing : described),
    });
    await expect(
      readRepository({ hub: 'https://hub.test', repository: 'a/b' }, connection),
    ).rejects.toMatchObject({ name: 'HubUnreadable', message: expect.stringMatching(said) as string });
  });

  it('may contain unknown fields', async () => {
    const sha256 = 'b'.repeat(64);
    const listing = [
      { type: 'unknown', path: 'x' },
      { type: 'file', path: 'old.bin', size: 130, oid: 'c', lfs: { oid: `sha256:${sha256}`, size: 5 } },
      { type: 'file', path: 'plain', size: 7 },
    ];
    const connection = testConnection({
      fetch: async (url) => new Response(urlText(url).includes('/tree/') ? JSON.stringify(listing) : info),
    });
    const { files } = await readRepository({ hub: 'https://hub.test', repository: 'a/b' }, connection);
    expect(files).toEqual([
      { path: 'old.bin', byteLength: 5, sha256 },
      { path: 'plain', byteLength: 7 },
    ]);
  });
});

it('the URL of a file keeps its folders and escapes the rest', () => {
  expect(fileAddress({ hub: 'https://hub.test', repository: 'a/b' }, 'c0ffee', 'notes/a b#ü?.txt')).toBe(
    'https://hub.test/a/b/resolve/c0ffee/notes/a%20b%23%C3%BC%3F.txt',
  );
});
