import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { bufferSource, type ByteSource } from '../../src/formats/byte-source';
import { gitBlobId, sha256 } from '../../src/hub/digest';

const bytes = (text: string) => new TextEncoder().encode(text);

// FIPS 180-4 and the examples beside it.
it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('the SHA-256 of "%.60s" is %s', async (text, hash) => {
  expect(await sha256(bufferSource(bytes(text)))).toBe(hash);
});

it('the SHA-256 of a long source covers its slices in order and reports progress', async () => {
  const MIB = 2 ** 20;
  const content = new Uint8Array(17 * MIB + 1).map((_, at) => at >> 12);
  const told: number[] = [];
  const hash = await sha256(bufferSource(content), (done) => told.push(done));
  expect(hash).toBe(createHash('sha256').update(content).digest('hex'));
  expect(told).toEqual([8 * MIB, 16 * MIB, 17 * MIB + 1]);
});

it('a stopped check reads no further', async () => {
  const controller = new AbortController();
  let read = 0;
  const source: ByteSource = {
    byteLength: 2 ** 25,
    async slice(start, end) {
      read += 1;
      controller.abort();
      return new ArrayBuffer(end - start);
    },
  };
  await expect(sha256(source, undefined, controller.signal)).rejects.toMatchObject({ name: 'Cancelled' });
  expect(read).toBe(1);
});

// What `git hash-object` says.
it.each([
  ['', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
  ['hello\n', 'ce013625030ba8dba906f756967f9e9ca394464a'],
  ['what is up, doc?', 'bd9dbf5aae1a3862dd1526723246b20206e5fc37'],
])("git's name of %j is %s", async (text, id) => {
  expect(await gitBlobId(bufferSource(bytes(text)))).toBe(id);
});
