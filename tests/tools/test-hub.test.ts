import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestHub, type Fault, type TestHub } from '../helpers/hub';

const NAME = 'someone/clip.small-1_0';
const WEIGHTS = Buffer.from(Uint8Array.from({ length: 3000 }, (_, i) => (i * 7) % 251));
const MIB = 1024 * 1024;
const FILES: Readonly<Record<string, string | Buffer>> = {
  'config.json': 'hello\n',
  'empty.txt': '',
  'model.safetensors': WEIGHTS,
  'notes/a b#ü.txt': 'spaced',
  'notes/deep/c.bin': 'c',
};
/** `git hash-object` of "hello\n". */
const HELLO = 'ce013625030ba8dba906f756967f9e9ca394464a';

let scratch: string;
let folder: string;
let hub: TestHub;
let commit: string;

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const resolveUrl = (file: string, revision = 'main'): string => {
  return `${hub.url}/${NAME}/resolve/${revision}/${file}`;
};
const apiUrl = (rest: string, name = NAME): string => `${hub.url}/api/models/${name}/${rest}`;
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const jsonOf = async <T>(answer: Response | Promise<Response>): Promise<T> => {
  return (await (await answer).json()) as T;
};

/** Asks for the bytes `first` to `last`, both included. */
function ranged(url: string, range: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, headers: { Range: `bytes=${range}` } });
}

/** Reads `count` bytes, or all up to the end or the failure of the body. */
async function read(answer: Response, count = Infinity): Promise<{ bytes: Buffer; failed: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  const reader = answer.body!.getReader();
  try {
    while (length < count) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(Buffer.from(value));
      length += value.length;
    }
    return { bytes: Buffer.concat(chunks), failed: false };
  } catch {
    return { bytes: Buffer.concat(chunks), failed: true };
  } finally {
    reader.releaseLock();
  }
}

async function makeFolder(name: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const made = path.join(scratch, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(made, file)), { recursive: true });
    await writeFile(path.join(made, file), content);
  }
  return made;
}

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-hub-'));
  folder = await makeFolder('model', FILES);
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  hub = await openTestHub();
  ({ commit } = await hub.add(NAME, folder, { licence: 'mit' }));
});
afterEach(() => hub.close());

describe('the description of a model', () => {
  test.each(['revision/main', 'revision/HEAD', 'revision/COMMIT', '?expand='])(
    'is had at %s',
    async (where) => {
      const url = where.startsWith('?')
        ? `${hub.url}/api/models/${NAME}`
        : apiUrl(where.replace('COMMIT', commit));
      const answer = await fetch(url);
      expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
      expect(await answer.json()).toEqual({
        _id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
        id: NAME,
        sha: commit,
        private: false,
        gated: false,
        likes: expect.any(Number) as number,
        downloads: expect.any(Number) as number,
        lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        pipeline_tag: 'zero-shot-image-classification',
        siblings: Object.keys(FILES).map((rfilename) => ({ rfilename })),
        cardData: { license: 'mit' },
        tags: ['open_clip', 'license:mit'],
      });
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
    },
  );

  test('has the fields that are asked for', async () => {
    const answer = await jsonOf(fetch(apiUrl('revision/HEAD?expand=gated&expand=sha')));
    expect(answer).toEqual({ _id: expect.any(String) as string, id: NAME, sha: commit, gated: false });
  });

  test('names no licence where there is none', async () => {
    await hub.add('some/other', folder);
    const answer = await jsonOf(fetch(apiUrl('revision/main', 'some/other')));
    expect(answer).toMatchObject({ cardData: {}, tags: ['open_clip'] });
  });
});

describe('a listing', () => {
  const lfs = (content: string | Buffer) => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`;
    return {
      oid: createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex'),
      size: content.length,
      lfs: { oid: sha256(content), size: content.length, pointerSize: pointer.length },
    };
  };
  const oid = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
  const top = [
    { type: 'file', path: 'config.json', size: 6, oid: HELLO },
    { type: 'file', path: 'empty.txt', size: 0, oid: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' },
    { type: 'file', path: 'model.safetensors', ...lfs(WEIGHTS) },
  ];

  test('has the folders and files of the top', async () => {
    for (const query of ['', '?recursive=false&expand=false']) {
      const entries = await jsonOf(fetch(apiUrl(`tree/main${query}`)));
      expect(entries).toEqual([{ type: 'directory', path: 'notes', size: 0, oid }, ...top]);
    }
  });

  test('has everything when it is recursive', async () => {
    expect(await jsonOf(fetch(apiUrl(`tree/${commit}?recursive=true&expand=false`)))).toEqual([
      { type: 'directory', path: 'notes', size: 0, oid },
      { type: 'directory', path: 'notes/deep', size: 0, oid },
      ...top,
      { type: 'file', path: 'notes/a b#ü.txt', size: 6, oid },
      { type: 'file', path: 'notes/deep/c.bin', ...lfs('c') },
    ]);
  });

  test('has what is below a folder', async () => {
    const entries = await jsonOf<{ path: string }[]>(fetch(apiUrl('tree/main/notes')));
    expect(entries.map((entry) => entry.path)).toEqual(['notes/deep', 'notes/a b#ü.txt']);
    expect(await jsonOf(fetch(apiUrl('tree/main/notes/deep?expand=true')))).toEqual([
      {
        type: 'file',
        path: 'notes/deep/c.bin',
        ...lfs('c'),
        lastCommit: { id: commit, title: 'Upload', date: expect.any(String) as string },
      },
    ]);
  });

  test('comes in pages of 50, one naming the next', async () => {
    const names = Array.from({ length: 101 }, (_, i) => `part-${String(i).padStart(3, '0')}.txt`);
    const many = await makeFolder('many', Object.fromEntries(names.map((name) => [name, name])));
    await hub.add('some/many', many);
    const pages: string[][] = [];
    let url: string | undefined = apiUrl('tree/main?recursive=true&expand=false', 'some/many');
    while (url) {
      const answer: Response = await fetch(url);
      pages.push((await jsonOf<{ path: string }[]>(answer)).map((entry) => entry.path));
      const link = answer.headers.get('Link');
      url = link === null ? undefined : /^<(http:[^>]+)>; rel="next"$/.exec(link)?.[1];
      if (url) expect(new URL(url).searchParams.get('recursive')).toBe('true');
    }
    expect(pages.map((page) => page.length)).toEqual([50, 50, 1]);
    expect(pages.flat()).toEqual(names);
    await rm(path.join(many, names[0]!));
    await hub.add('some/many', many);
    const exact = apiUrl('tree/main?cursor=', 'some/many') + Buffer.from('50').toString('base64url');
    expect((await fetch(exact)).headers.get('Link')).toBeNull();
    expect((await fetch(apiUrl('tree/main?cursor=bm8'))).status).toBe(400);
  });

  test('says what a test claims of a hash, and the rest stays true', async () => {
    const claimed = 'ab'.repeat(32);
    await hub.add(NAME, folder, { claimedHash: { 'model.safetensors': claimed } });
    const entries = await jsonOf<{ path: string; lfs?: object }[]>(fetch(apiUrl('tree/main')));
    expect(entries.find((entry) => entry.path === 'model.safetensors')?.lfs).toMatchObject({ oid: claimed });
    const answer = await fetch(resolveUrl('model.safetensors'));
    expect(answer.headers.get('ETag')).toBe(`"${sha256(WEIGHTS)}"`);
    expect(await bytesOf(answer)).toEqual(WEIGHTS);
    await expect(hub.add(NAME, folder, { claimedHash: { 'config.json': claimed } })).rejects.toThrow(
      'Not an LFS file',
    );
  });
});

describe('a file', () => {
  test('comes from the hub itself where it is small', async () => {
    const answer = await fetch(resolveUrl('config.json', commit));
    expect(await answer.text()).toBe('hello\n');
    expect(answer.redirected).toBe(false);
    expect(answer.headers.get('ETag')).toBe(`"${HELLO}"`);
    expect(answer.headers.get('X-Repo-Commit')).toBe(commit);
    expect(answer.headers.get('X-Linked-ETag')).toBeNull();
    const head = await fetch(resolveUrl('config.json'), { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '6', '']);
    expect(await (await fetch(resolveUrl(`notes/${encodeURIComponent('a b#ü.txt')}`))).text()).toBe('spaced');
    expect((await fetch(resolveUrl('empty.txt'))).status).toBe(200);
    expect((await ranged(resolveUrl('empty.txt'), '0-0')).headers.get('Content-Range')).toBe('bytes */0');
  });

  test.each(['GET', 'HEAD'])('of weights is sent on to the other origin, asked by %s', async (method) => {
    const answer = await fetch(resolveUrl('model.safetensors'), { method, redirect: 'manual' });
    const { headers } = answer;
    expect([answer.status, await answer.text()]).toEqual([302, '']);
    const location = new URL(headers.get('Location')!);
    expect(location.origin).toBe(hub.cdn);
    expect(hub.cdn).not.toBe(hub.url);
    expect([...location.searchParams.keys()]).toEqual(
      expect.arrayContaining(['Expires', 'Signature', 'Key-Pair-Id']),
    );
    expect(headers.get('X-Repo-Commit')).toBe(commit);
    expect(headers.get('X-Linked-ETag')).toBe(`"${sha256(WEIGHTS)}"`);
    expect(headers.get('X-Linked-Size')).toBe('3000');

    const followed = await fetch(resolveUrl('model.safetensors'), { method });
    expect(followed.redirected).toBe(true);
    expect(followed.headers.get('ETag')).toBe(`"${sha256(WEIGHTS)}"`);
    expect(followed.headers.get('Accept-Ranges')).toBe('bytes');
    expect(followed.headers.get('Content-Length')).toBe('3000');
    expect(await bytesOf(followed)).toEqual(method === 'HEAD' ? Buffer.alloc(0) : WEIGHTS);
    expect((await fetch(location.origin + location.pathname)).status).toBe(403);
  });

  test('is large above one MiB, whatever it is called', async () => {
    const sizes = { 'at.dat': MIB, 'above.dat': MIB + 1 };
    const made = await makeFolder('sizes', { 'at.dat': '', 'above.dat': '' });
    for (const [name, size] of Object.entries(sizes)) await truncate(path.join(made, name), size);
    await hub.add(NAME, made);
    for (const [name, size] of Object.entries(sizes)) {
      const answer = await fetch(resolveUrl(name));
      expect([answer.redirected, (await bytesOf(answer)).length]).toEqual([size > MIB, size]);
    }
  });

  test.each<[string, number, string, number, number]>([
    ['0-0', 206, 'bytes 0-0/3000', 0, 1],
    ['1000-1999', 206, 'bytes 1000-1999/3000', 1000, 2000],
    ['2990-', 206, 'bytes 2990-2999/3000', 2990, 3000],
    ['-10', 206, 'bytes 2990-2999/3000', 2990, 3000],
    ['2000-9999', 206, 'bytes 2000-2999/3000', 2000, 3000],
    ['3000-', 416, 'bytes */3000', 0, 0],
    ['3000-3001', 416, 'bytes */3000', 0, 0],
    ['0-1,4-5', 200, '', 0, 3000],
    ['5-4', 200, '', 0, 3000],
  ])('is had by the range %s with status %d', async (range, status, said, start, end) => {
    for (const url of [resolveUrl('model.safetensors'), `${hub.url}/folder/${NAME}/model.safetensors`]) {
      const head = await ranged(url, range, { method: 'HEAD' });
      const answer = await ranged(url, range);
      for (const one of [head, answer]) {
        expect([one.status, one.headers.get('Content-Range') ?? '']).toEqual([status, said]);
      }
      const bytes = await bytesOf(answer);
      if (status !== 416) expect(bytes).toEqual(WEIGHTS.subarray(start, end));
      expect((await bytesOf(head)).length).toBe(0);
    }
  });

  test('is sent whole where If-Range names another', async () => {
    const ask = (tag: string) => {
      const headers = { Range: 'bytes=1-2', 'If-Range': tag };
      return fetch(resolveUrl('config.json'), { headers });
    };
    expect((await ask(`"${HELLO}"`)).status).toBe(206);
    expect((await ask('"other"')).status).toBe(200);
  });

  test('of the newest commit is also at a plain address', async () => {
    const url = `${hub.url}/folder/${NAME}/config.json`;
    const answer = await fetch(url);
    expect(await answer.text()).toBe('hello\n');
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Expose-Headers')).toBeNull();
    expect(answer.headers.get('X-Repo-Commit')).toBeNull();
    await hub.add(NAME, await makeFolder('newer', { 'config.json': 'newer' }));
    const newer = await fetch(url);
    expect(newer.headers.get('ETag')).not.toBe(answer.headers.get('ETag'));
    expect(await newer.text()).toBe('newer');
    const missing = await fetch(`${hub.url}/folder/${NAME}/model.safetensors`);
    expect([missing.status, missing.headers.get('Access-Control-Expose-Headers')]).toEqual([404, null]);
  });

  test('that was written to since it was added is an error', async () => {
    const made = await makeFolder('changing', { 'config.json': 'one' });
    await hub.add(NAME, made);
    await writeFile(path.join(made, 'config.json'), 'other');
    expect((await fetch(resolveUrl('config.json'))).status).toBe(500);
  });

  test('is read no further than its client listens', async () => {
    const size = 64 * MIB;
    const made = await makeFolder('large', { 'large.bin': '' });
    await truncate(path.join(made, 'large.bin'), size);
    await hub.add(NAME, made);
    hub.forgetRequests();
    const leaving = new AbortController();
    const answer = await fetch(resolveUrl('large.bin'), { signal: leaving.signal });
    await read(answer, 1);
    leaving.abort();
    const served = hub.requests.find(({ server }) => server === 'cdn');
    expect(served?.sent).toBeGreaterThan(0);
    expect(served?.sent).toBeLessThan(size);
  });
});

describe('commits', () => {
  test('older ones stay unless they are to be forgotten', async () => {
    const location = (await fetch(resolveUrl('model.safetensors'), { redirect: 'manual' })).headers.get(
      'Location',
    )!;
    const other = await makeFolder('second', { 'config.json': 'second', 'model.safetensors': 'other' });
    const second = await hub.add(NAME, other);
    expect(second.commit).not.toBe(commit);
    expect(await (await fetch(resolveUrl('config.json'))).text()).toBe('second');
    expect(await (await fetch(resolveUrl('config.json', commit))).text()).toBe('hello\n');
    expect(await bytesOf(await fetch(location))).toEqual(WEIGHTS);

    const third = await hub.add(NAME, other, { forgetOlder: true });
    expect(third.commit).not.toBe(second.commit);
    expect((await fetch(resolveUrl('config.json', third.commit))).status).toBe(200);
    expect((await fetch(location)).status).toBe(404);
    for (const old of [commit, second.commit]) {
      const answer = await fetch(resolveUrl('config.json', old));
      expect([answer.status, answer.headers.get('X-Error-Code')]).toEqual([404, 'RevisionNotFound']);
    }
  });

  test.each<[string, number, string | null]>([
    [`api/models/no/body/revision/main`, 401, null],
    [`api/models/no/body/tree/main`, 401, null],
    [`no/body/resolve/main/config.json`, 401, null],
    [`api/models/${NAME}/revision/refs%2Fpr%2F1`, 404, 'RevisionNotFound'],
    [`api/models/${NAME}/tree/other`, 404, 'RevisionNotFound'],
    [`${NAME}/resolve/other/config.json`, 404, 'RevisionNotFound'],
    [`api/models/${NAME}/tree/main/nowhere`, 404, 'EntryNotFound'],
    [`${NAME}/resolve/main/nothing.json`, 404, 'EntryNotFound'],
    [`${NAME}/resolve/main/..%2Fconfig.json`, 404, 'EntryNotFound'],
    [`api/models/${NAME}/likers/main`, 404, null],
    ['', 404, null],
    ['%', 400, null],
  ])('%s is answered with %d and %s', async (where, status, code) => {
    const answer = await fetch(`${hub.url}/${where}`);
    expect([answer.status, answer.headers.get('X-Error-Code')]).toEqual([status, code]);
    expect(await answer.json()).toEqual({ error: answer.headers.get('X-Error-Message') });
  });

  test('of a repository that is not there are refused in the words for a private one', async () => {
    const answer = await fetch(apiUrl('revision/main', 'no/body'));
    expect(answer.headers.get('X-Error-Message')).toBe('Invalid username or password.');
  });

  test('of a gated model are described and listed, and their files refused', async () => {
    await hub.add(NAME, folder, { gated: true });
    expect(await jsonOf(fetch(apiUrl('revision/main')))).toMatchObject({ gated: 'manual' });
    expect((await fetch(apiUrl('tree/main'))).status).toBe(200);
    for (const name of ['config.json', 'model.safetensors']) {
      const answer = await fetch(resolveUrl(name));
      expect([answer.status, answer.headers.get('X-Error-Code')]).toEqual([401, 'GatedRepo']);
    }
  });

  test('need a name of owner and model', async () => {
    await expect(hub.add('alone', folder)).rejects.toThrow("Not a repository's name: alone");
  });
});

test('pages of every origin may ask, and read the headers that matter', async () => {
  const exposed = ['ETag', 'Link', 'X-Repo-Commit', 'X-Linked-Size', 'X-Linked-ETag', 'X-Error-Code'];
  exposed.push('X-Error-Message', 'Content-Range', 'Accept-Ranges');
  const urls = [apiUrl('revision/main'), apiUrl('revision/no'), resolveUrl('config.json')];
  for (const url of [...urls, resolveUrl('model.safetensors')]) {
    for (const redirect of ['follow', 'manual'] as const) {
      const { headers } = await fetch(url, { redirect });
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(headers.get('Access-Control-Expose-Headers')?.split(',')).toEqual(
        expect.arrayContaining(exposed),
      );
      expect(headers.get('Cross-Origin-Resource-Policy')).toBeNull();
    }
  }
  for (const url of [...urls, `${hub.cdn}/repos/any`]) {
    const asked = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'range,x-a' };
    const answer = await fetch(url, { method: 'OPTIONS', headers: asked });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('GET');
    expect(answer.headers.get('Access-Control-Allow-Headers')).toBe('range,x-a');
  }
  expect((await fetch(urls[0]!, { method: 'POST' })).status).toBe(405);
});

test('the account of requests has both servers, and can be cleared', async () => {
  const { requests } = hub;
  await bytesOf(await ranged(`${resolveUrl('model.safetensors')}?download=true`, '5-14'));
  const cdnPath = `/repos/${NAME}/${sha256(WEIGHTS)}/model.safetensors`;
  const asked = { method: 'GET', range: 'bytes=5-14' };
  expect(requests).toEqual([
    { ...asked, server: 'hub', path: `/${NAME}/resolve/main/model.safetensors`, status: 302, sent: 0 },
    { ...asked, server: 'cdn', path: cdnPath, status: 206, sent: 10 },
  ]);
  hub.forgetRequests();
  await fetch(resolveUrl('config.json'), { method: 'HEAD' });
  const path = `/${NAME}/resolve/main/config.json`;
  expect(requests).toEqual([{ server: 'hub', method: 'HEAD', path, status: 200, sent: 0 }]);
});

describe('a fault', () => {
  const cdnOnly = /^\/repos\//;
  const weights = () => fetch(resolveUrl('model.safetensors'));

  test('cuts an answer off', async () => {
    const handle = hub.fault(cdnOnly, { kind: 'cut', after: 1234 }, 1);
    const answer = await weights();
    expect(await read(answer)).toEqual({ bytes: WEIGHTS.subarray(0, 1234), failed: true });
    expect(answer.status).toBe(200);
    expect(hub.requests.at(-1)?.sent).toBe(1234);
    expect(handle.hits).toBe(1);
    expect(await bytesOf(await weights())).toEqual(WEIGHTS);
    hub.fault(cdnOnly, { kind: 'cut', after: 0 }, 1);
    expect(await read(await weights())).toEqual({ bytes: Buffer.alloc(0), failed: true });
    expect((await read(await weights())).failed).toBe(false);
    hub.fault(/\/tree\//, { kind: 'cut', after: 20 });
    expect((await read(await fetch(apiUrl('tree/main')))).bytes.length).toBe(20);
  });

  test('corrupts one byte, in whatever range it is', async () => {
    const handle = hub.fault(/model/, { kind: 'corrupt', at: 1500 });
    const spoilt = Buffer.from(WEIGHTS);
    spoilt[1500]! ^= 1;
    expect(await bytesOf(await weights())).toEqual(spoilt);
    const url = resolveUrl('model.safetensors');
    expect(await bytesOf(await ranged(url, '1400-1600'))).toEqual(spoilt.subarray(1400, 1601));
    expect(await bytesOf(await ranged(url, '1500-1500'))).toEqual(spoilt.subarray(1500, 1501));
    expect(handle.hits).toBe(3);
    expect(await bytesOf(await ranged(url, '0-1499'))).toEqual(WEIGHTS.subarray(0, 1500));
    expect(await bytesOf(await ranged(url, '1501-'))).toEqual(WEIGHTS.subarray(1501));
    expect(handle.hits).toBe(3);
    hub.fault(/config/, { kind: 'corrupt', at: 0 });
    expect(await (await fetch(resolveUrl('config.json'))).text()).toBe('iello\n');
  });

  test('slows an answer, and all of it comes', async () => {
    const handle = hub.fault(cdnOnly, { kind: 'slow', bytesPerSecond: 60_000 }, 1);
    expect(await bytesOf(await weights())).toEqual(WEIGHTS);
    expect(handle.hits).toBe(1);
  });

  test('that slows can be let go in the middle', async () => {
    const handle = hub.fault(cdnOnly, { kind: 'slow', bytesPerSecond: 0.001 });
    const answer = await weights();
    const { bytes } = await read(answer, 1);
    expect(bytes).toEqual(WEIGHTS.subarray(0, 1));
    handle.release();
    expect((await read(answer)).bytes).toEqual(WEIGHTS.subarray(1));
  });

  test('holds answers until they are let go', async () => {
    const handle = hub.fault(cdnOnly, { kind: 'hold', after: 100 });
    const answers = [await weights(), await weights()];
    for (const answer of answers) expect((await read(answer, 100)).bytes).toEqual(WEIGHTS.subarray(0, 100));
    expect(hub.requests.filter(({ server }) => server === 'cdn').map(({ sent }) => sent)).toEqual([100, 100]);
    expect(handle.hits).toBe(2);
    handle.end();
    expect(await bytesOf(await weights())).toEqual(WEIGHTS);
    handle.release();
    for (const answer of answers) expect((await read(answer)).bytes).toEqual(WEIGHTS.subarray(100));
  });

  test('holds a body from its first byte, once the headers are there', async () => {
    const handle = hub.fault(cdnOnly, { kind: 'hold', after: 0 });
    const answer = await weights();
    expect([answer.status, hub.requests.at(-1)?.sent]).toEqual([200, 0]);
    handle.release();
    expect(await bytesOf(answer)).toEqual(WEIGHTS);
    expect(await bytesOf(await weights())).toEqual(WEIGHTS);
    expect(handle.hits).toBe(1);
  });

  test('keeps the account of a request whose client went away', async () => {
    hub.fault(cdnOnly, { kind: 'hold', after: 100 });
    const leaving = new AbortController();
    const answer = await fetch(resolveUrl('model.safetensors'), { signal: leaving.signal });
    await read(answer, 100);
    leaving.abort();
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(hub.requests.at(-1)).toMatchObject({ server: 'cdn', status: 200, sent: 100 });
  });

  test('that holds does not keep the hub open', async () => {
    hub.fault(cdnOnly, { kind: 'hold', after: 100 });
    const answer = await weights();
    await read(answer, 100);
    await hub.close();
    expect((await read(answer)).failed).toBe(true);
    await expect(weights()).rejects.toThrow();
  });

  test('answers with another status', async () => {
    const handle = hub.fault(/\/revision\//, { kind: 'status', status: 429, retryAfter: 7 }, 2);
    const answer = await fetch(apiUrl('revision/main'));
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '7']);
    expect(await answer.json()).toEqual({ error: answer.headers.get('X-Error-Message') });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect((await fetch(apiUrl('revision/main'), { method: 'OPTIONS' })).status).toBe(204);
    expect((await fetch(apiUrl('revision/main'), { method: 'HEAD' })).status).toBe(429);
    expect((await fetch(apiUrl('revision/main'))).status).toBe(200);
    expect(handle.hits).toBe(2);
    hub.fault(/\/resolve\//, { kind: 'status', status: 503 });
    const other = await weights();
    expect([other.status, other.headers.get('Retry-After')]).toEqual([503, null]);
  });

  test('ignores ranges', async () => {
    const handle = hub.fault(/./, { kind: 'ignore-range' });
    for (const range of ['10-19', '9999-']) {
      const answer = await ranged(resolveUrl('model.safetensors'), range);
      expect([answer.status, answer.headers.get('Content-Range')]).toEqual([200, null]);
      expect(await bytesOf(answer)).toEqual(WEIGHTS);
    }
    await bytesOf(await weights());
    expect(handle.hits).toBe(2);
  });

  test('tells another length', async () => {
    const said = async (range: string) => {
      const answer = await ranged(resolveUrl('model.safetensors'), range);
      return answer.headers.get('Content-Range');
    };
    const handle = hub.fault(/./, { kind: 'wrong-length', by: 5 });
    expect(await said('0-0')).toBe('bytes 0-0/3005');
    expect(await said('5000-')).toBe('bytes */3005');
    handle.end();
    hub.fault(/./, { kind: 'wrong-length', by: -1 });
    expect(await said('0-0')).toBe('bytes 0-0/2999');
  });

  test('leaves out the permission for other origins', async () => {
    hub.fault(/config/, { kind: 'no-cors' });
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const answer = await fetch(resolveUrl('config.json'), { method });
      expect(answer.ok).toBe(true);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('refuses the connection', async () => {
    hub.fault(/config/, { kind: 'refuse' }, 2);
    await expect(fetch(resolveUrl('config.json'))).rejects.toThrow();
    await expect(fetch(resolveUrl('config.json'), { method: 'OPTIONS' })).rejects.toThrow();
    expect(hub.requests.map(({ status, sent }) => [status, sent])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect((await fetch(resolveUrl('config.json'))).status).toBe(200);
  });

  test('applies alone, the one set first before the others', async () => {
    const kinds: Fault[] = [
      { kind: 'status', status: 500 },
      { kind: 'status', status: 501 },
      { kind: 'status', status: 502 },
    ];
    const [none, once, rest] = kinds.map((kind, i) => hub.fault(/config/g, kind, [0, 1, Infinity][i]));
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(resolveUrl('config.json'))).status);
    expect(statuses).toEqual([501, 502, 502]);
    expect([none?.hits, once?.hits, rest?.hits]).toEqual([0, 1, 2]);
    rest?.end();
    expect((await fetch(resolveUrl('config.json'))).status).toBe(200);
  });
});
