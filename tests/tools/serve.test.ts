import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, serveDirectory } from '../../tools/serve.js';

const script = `export const text = '${'abc '.repeat(500)}';\n`;
const weights = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let scratch: string;
let server: Awaited<ReturnType<typeof serveDirectory>>;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-'));
  const files = {
    'site/index.html': '<!doctype html><title>Home</title>',
    'site/assets/main-AbC123_x.js': script,
    'site/assets/main-AbC123_x.mjs': script,
    'site/assets/models.worker-AbC123_x.js': script,
    'site/assets/engine-AbC123_x.wasm': '\0asm',
    'site/model.safetensors': weights,
    'site/large.safetensors': new Uint8Array(16_000_001),
    'site/empty.bin': '',
    'site/.inputs': 'hidden',
    'site/a b.txt': 'spaced',
    'secret.txt': 'outside',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(scratch, name)), { recursive: true });
    await writeFile(path.join(scratch, name), content);
  }
  // Links to files inside and outside, to a hidden file, to a folder outside, to nothing.
  for (const [link, target] of [
    ['inside.html', 'index.html'],
    ['outside.txt', '../secret.txt'],
    ['shown.txt', '.inputs'],
    ['up', '..'],
    ['broken.txt', 'nothing.txt'],
  ] as const) {
    await symlink(target, path.join(scratch, 'site', link));
  }
  server = await serveDirectory(path.join(scratch, 'site'), { hosts: ['https://mirror.example'] });
});
afterAll(async () => {
  await server.close();
  await rm(scratch, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks for `target` as it stands; `fetch` would tidy dots away and undo the compression. */
function ask(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(server.url, { path: target, headers, method }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    asking.on('error', reject).end();
  });
}

test('the page comes with cross-origin isolation, the policy, and no caching', async () => {
  const { status, headers, body } = await ask('/?tab=label');
  expect(status).toBe(200);
  expect(body.toString()).toContain('Home');
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'content-security-policy': expect.stringContaining("connect-src 'self';"),
    'cache-control': 'no-cache',
  });
});

test.each([
  ['/assets/main-AbC123_x.js', 'text/javascript; charset=utf-8'],
  ['/assets/main-AbC123_x.mjs', 'text/javascript; charset=utf-8'],
  ['/assets/engine-AbC123_x.wasm', 'application/wasm'],
])('%s is %s, for good', async (target, type) => {
  const { headers } = await ask(target);
  expect(headers['content-type']).toBe(type);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('the models worker may reach the hub and the hosts named, and is never stored with that policy', async () => {
  const { headers } = await ask('/assets/models.worker-AbC123_x.js');
  expect(headers['content-security-policy']).toContain(
    "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co https://mirror.example;",
  );
  expect(headers['cache-control']).toBe('no-store');
});

test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip, br;q=0', 'gzip', gunzipSync],
  ['identity', undefined, (body: Buffer) => body],
])('to a browser that accepts "%s" text goes as %s', async (accepted, encoding, unpack) => {
  for (const _ of ['compressed', 'remembered']) {
    const { headers, body } = await ask('/assets/main-AbC123_x.js', { 'Accept-Encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(unpack(body).toString()).toBe(script);
  }
});

const compressing = { 'Accept-Encoding': 'br, gzip' };

test('weights as small as the built-in ones are compressed', async () => {
  const { headers, body } = await ask('/model.safetensors', compressing);
  expect(headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(body)).toEqual(Buffer.from(weights));
});

test('the length of weights is told uncompressed, and so are their ranges', async () => {
  const { headers } = await ask('/model.safetensors', compressing, 'HEAD');
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['content-length']).toBe('1000');
  const range = await ask('/model.safetensors', { ...compressing, Range: 'bytes=0-99' });
  expect(range.headers['content-encoding']).toBeUndefined();
  expect(range.body).toEqual(Buffer.from(weights.slice(0, 100)));
});

test('larger weights are not compressed', async () => {
  const { headers } = await ask('/large.safetensors', compressing);
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['content-length']).toBe('16000001');
});

describe('ranges of 1,000 bytes', () => {
  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=900-5000', 900, 999],
  ])('%s gives bytes %i to %i', async (range, first, last) => {
    const { status, headers, body } = await ask('/model.safetensors', { Range: range });
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${first}-${last}/1000`);
    expect(body).toEqual(Buffer.from(weights.slice(first, last + 1)));
  });

  test.each(['bytes=1000-', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const { status, headers } = await ask('/model.safetensors', { Range: range });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe('bytes */1000');
  });

  test.each(['bytes=0-1,5-6', 'bytes=9-3', 'bytes=-', 'lines=1-2'])(
    '%s gives the whole file',
    async (range) => {
      const { status, body } = await ask('/model.safetensors', { Range: range });
      expect(status).toBe(200);
      expect(body.length).toBe(1000);
    },
  );

  test('a range of a file that has changed since gives the whole file', async () => {
    const { headers } = await ask('/model.safetensors');
    const range = { Range: 'bytes=0-9' };
    expect((await ask('/model.safetensors', { ...range, 'If-Range': headers.etag ?? '' })).status).toBe(206);
    expect((await ask('/model.safetensors', { ...range, 'If-Range': '"another"' })).status).toBe(200);
  });
});

test('an unchanged file is not sent again', async () => {
  const { headers } = await ask('/');
  const { status, body } = await ask('/', { 'If-None-Match': `"other", ${headers.etag}` });
  expect(status).toBe(304);
  expect(body.length).toBe(0);
});

test('HEAD gives the headers alone', async () => {
  for (const headers of [{ 'Accept-Encoding': 'br' }, { 'Accept-Encoding': 'identity' }]) {
    const answer = await ask('/assets/main-AbC123_x.js', headers, 'HEAD');
    const full = await ask('/assets/main-AbC123_x.js', headers);
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBe(0);
    expect(answer.headers['content-length']).toBe(String(full.body.length));
  }
});

test('an empty file and a name with a space are served', async () => {
  expect(await ask('/empty.bin')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  expect((await ask('/a%20b.txt')).body.toString()).toBe('spaced');
});

test.each([
  '/missing.html',
  '/assets',
  '/assets/',
  '/.inputs',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/%00',
  '/outside.txt',
  '/shown.txt',
  '/up/secret.txt',
  '/broken.txt',
  '/%',
  '//',
])('there is nothing at %s', async (target) => {
  const { status, headers, body } = await ask(target);
  expect(status).toBe(404);
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(body.toString()).toBe('404: There is no such page here.\n');
});

test('a link to a file inside is followed, and the folder itself may be a link', async () => {
  expect((await ask('/inside.html')).status).toBe(200);
  await symlink('site', path.join(scratch, 'linked'));
  const linked = await serveDirectory(path.join(scratch, 'linked'));
  expect((await fetch(`${linked.url}/inside.html`)).status).toBe(200);
  await linked.close();
});

test.each(['localhost', 'LOCALHOST:9999', '127.0.0.1:4173', '[::1]:4173'])(
  'this machine may be asked for as %s',
  async (Host) => {
    expect((await ask('/', { Host })).status).toBe(200);
  },
);

test.each([
  ...[
    'evil.example',
    'evil.example:4173',
    'localhost.evil.example',
    'evil.localhost',
    'localhost@evil.example',
  ],
  ...['192.168.0.2:4173', '0.0.0.0', '127.0.0.1.evil.example', '[::1'],
])('as “%s” it gives nothing', async (Host) => {
  const { status, body } = await ask('/', { Host });
  expect(status).toBe(421);
  expect(body.toString()).toMatch(/^421: This server answers as http:\/\/localhost:\d+ only\.\n$/);
});

test('nor does it by a whole address, as a proxy is asked', async () => {
  expect((await ask('http://evil.example/')).status).toBe(421);
  expect((await ask('*')).status).toBe(421);
});

test('what is neither GET nor HEAD is refused', async () => {
  const { status, headers } = await ask('/', {}, 'POST');
  expect(status).toBe(405);
  expect(headers.allow).toBe('GET, HEAD');
});

test('a taken port is refused, and given back once closed', async () => {
  const port = Number(new URL(server.url).port);
  const error: unknown = await serveDirectory(scratch, { port }).catch((reason: unknown) => reason);
  expect(codeOf(error)).toBe('EADDRINUSE');

  const other = await serveDirectory(scratch);
  await other.close();
  const again = await serveDirectory(scratch, { port: Number(new URL(other.url).port) });
  await again.close();
});

test('closing does not wait for a browser that keeps its connection', async () => {
  const other = await serveDirectory(scratch);
  const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await other.close();
  await ended;
});
