import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { fetchSmall } from '../../src/hub/small-file';
import { openTestHub, type TestHub } from '../helpers/hub';
import { openScratch, testConnection, type Scratch } from './fixtures';

/** What git and SHA-256 make of "hello\n". */
const GIT = 'ce013625030ba8dba906f756967f9e9ca394464a';
const SHA256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

let scratch: Scratch;
let hub: TestHub;
let url = '';
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  hub = await openTestHub();
  await hub.add('a/b', await scratch.folder({ 'config.json': 'hello\n' }));
  url = `${hub.url}/a/b/resolve/main/config.json`;
});
afterEach(() => hub.close());

it.each([
  ['nothing', undefined],
  ["git's name alone", { gitBlob: GIT }],
  ['a SHA-256', { sha256: SHA256 }],
  ["a SHA-256, and git's name of the pointer to it", { sha256: SHA256, gitBlob: '0'.repeat(40) }],
])('a file that is what is listed of it comes whole where that is %s', async (_, listed) => {
  const bytes = await fetchSmall(url, testConnection(), listed);
  expect(new TextDecoder().decode(bytes)).toBe('hello\n');
});

it.each([
  ["git's name", { gitBlob: GIT }, 'ce013625030b', 'dd7af719bb8a'],
  ['the SHA-256', { sha256: SHA256 }, '5891b5b522d5', 'a272663cfa53'],
])('one wrong bit is seen by %s', async (_, listed, wanted, found) => {
  hub.fault(/config/, { kind: 'corrupt', at: 0 });
  await expect(fetchSmall(url, testConnection(), listed)).rejects.toMatchObject({
    name: 'HashMismatch',
    message: `config.json is damaged: the hub says its hash begins with ${wanted}, what arrived has ${found}.`,
  });
});

it('a missing file is HubNotFound', async () => {
  const missing = fetchSmall(`${url}l`, testConnection());
  await expect(missing).rejects.toMatchObject({ name: 'HubNotFound' });
});

it('a broken connection is not damage', async () => {
  hub.fault(/config/, { kind: 'cut', after: 3 });
  await expect(fetchSmall(url, testConnection(), { gitBlob: GIT })).rejects.toMatchObject({
    name: 'NetworkFailed',
    message: expect.stringMatching(/^The connection to 127\.0\.0\.1:\d+ broke off: /) as string,
  });
});

it('a file stopped in flight is Cancelled', async () => {
  hub.fault(/config/, { kind: 'hold', after: 3 });
  const controller = new AbortController();
  const connection = testConnection({
    async fetch(address, init) {
      const answer = await fetch(address, init);
      controller.abort();
      return answer;
    },
  });
  const fetched = fetchSmall(url, connection, { gitBlob: GIT }, controller.signal);
  await expect(fetched).rejects.toMatchObject({ name: 'Cancelled' });
});

it('a file without an end is given up, with the number', async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (stream) => stream.enqueue(new Uint8Array(2 ** 22)),
  });
  const connection = testConnection({ fetch: async () => new Response(endless) });
  await expect(fetchSmall(url, connection)).rejects.toMatchObject({
    name: 'HubUnreadable',
    message: 'config.json has more than 67,108,864 bytes.',
  });
});
