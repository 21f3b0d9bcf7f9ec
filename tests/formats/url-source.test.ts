import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { urlSource } from '../../src/formats/url-source';
import { rangeOf, rangeServer, wholeServer } from './fake-server';

const BYTES = Uint8Array.from({ length: 10 }, (_, i) => i * 3);
const URL_OF_FILE = 'https://user:word@models.example:8080/vit/b 32.safetensors?signature=secret#part';
const PATH = '/vit/b 32.safetensors';

/** Answers the n-th request as `answers[n]` says, the last one for ever. */
function script(...answers: (() => Response)[]) {
  let next = 0;
  return async () => answers[Math.min(next++, answers.length - 1)]!();
}

const ranged = (range: string | null, body: BodyInit | null = 'x') => {
  return () =>
    new Response(body, { status: 206, ...(range === null ? {} : { headers: { 'Content-Range': range } }) });
};
const first = ranged('bytes 0-0/10');

test('asks for one byte, then for what is read, and never for nothing', async () => {
  const asked: string[] = [];
  const source = await urlSource(URL_OF_FILE, {
    fetch: (url, init) => {
      asked.push(`${init.method ?? 'GET'} ${url === URL_OF_FILE} ${rangeOf(init)}`);
      return rangeServer(BYTES)(url, init);
    },
  });
  await source.slice(2, 5);
  await source.slice(5, 5);
  expect(asked).toEqual(['GET true bytes=0-0', 'GET true bytes=2-4']);
});

test('keeps what a server sends that ignores ranges', async () => {
  let requests = 0;
  const fetch = async () => {
    requests += 1;
    return new Response(BYTES);
  };
  const source = await urlSource('/file', { fetch });
  expect([...new Uint8Array(await source.slice(8, 10))]).toEqual([24, 27]);
  expect([...new Uint8Array(await source.slice(0, 1))]).toEqual([0]);
  expect(requests).toBe(1);
});

test('takes the whole file also from a server that ignores ranges later on', async () => {
  const source = await urlSource('/file', {
    fetch: script(
      first,
      () => new Response(BYTES),
      () => Response.error(),
    ),
  });
  expect([...new Uint8Array(await source.slice(3, 5))]).toEqual([9, 12]);
  expect([...new Uint8Array(await source.slice(9, 10))]).toEqual([27]);
});

test.each([
  ['honours ranges', rangeServer(new Uint8Array())],
  ['ignores ranges', wholeServer(new Uint8Array())],
])('reads an empty file where the server %s', async (_, fetch) => {
  const source = await urlSource('/file', { fetch });
  expect(source.byteLength).toBe(0);
  expect((await source.slice(0, 0)).byteLength).toBe(0);
});

test.each<[string, () => Promise<Response>, string]>([
  ['a missing file', script(() => new Response('', { status: 404 })), 'HTTP status 404'],
  ['a server in trouble', script(() => new Response('', { status: 503 })), 'HTTP status 503'],
  ['a refused range', script(() => new Response('', { status: 416 })), 'HTTP status 416'],
  ['no network', () => Promise.reject(new TypeError('fetch failed')), 'fetch failed'],
  [
    'a hidden length',
    script(ranged(null)),
    'HTTP status 206, but its length cannot be read: Content-Range is missing or hidden',
  ],
  [
    'an unknown length',
    script(ranged('bytes 0-0/*')),
    'HTTP status 206, but its length cannot be read: Content-Range is "bytes 0-0/*"',
  ],
])('%s is a failure with status and path, without the query', async (_, fetch, reason) => {
  await expect(urlSource(URL_OF_FILE, { fetch })).rejects.toMatchObject({
    name: 'NetworkFailed',
    message: `Could not read ${PATH}: ${reason}.`,
  });
});

test.each<[string, () => Response, string]>([
  ['an error', () => new Response('', { status: 403 }), 'HTTP status 403'],
  ['another length', ranged('bytes 2-4/11', 'abc'), 'had 10 bytes before and has 11 now'],
  ['another whole file', () => new Response('abc'), 'had 10 bytes before and has 3 now'],
  ['too little', ranged('bytes 2-3/10', 'ab'), 'asked for 3 bytes from 2 on, got 2 from 2 on'],
  ['another place', ranged('bytes 3-5/10', 'abc'), 'asked for 3 bytes from 2 on, got 3 from 3 on'],
])('%s in a later answer is a failure', async (_, answer, reason) => {
  const source = await urlSource('vit/weights?x', { fetch: script(first, answer) });
  await expect(source.slice(2, 5)).rejects.toMatchObject({
    name: 'NetworkFailed',
    message: `Could not read vit/weights: ${reason}.`,
  });
});

test('a failure can be followed by a success', async () => {
  const source = await urlSource('/file', {
    fetch: script(first, () => new Response('', { status: 503 }), ranged('bytes 2-4/10', 'abc')),
  });
  await expect(source.slice(2, 5)).rejects.toThrow('HTTP status 503');
  expect(new TextDecoder().decode(await source.slice(2, 5))).toBe('abc');
});

test('uses the global fetch, and a connection cut in mid-body is a failure', async () => {
  const server = createServer((request, response) => {
    if (request.headers.range === 'bytes=0-0') {
      response.writeHead(206, { 'Content-Range': 'bytes 0-0/1000', 'Content-Length': 1 }).end('x');
    } else {
      response.writeHead(206, { 'Content-Range': 'bytes 0-999/1000', 'Content-Length': 1000 });
      response.write('only this', () => response.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const source = await urlSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/cut`);
    expect(source.byteLength).toBe(1000);
    await expect(source.slice(0, 1000)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: expect.stringMatching(/^Could not read \/cut: /) as string,
    });
  } finally {
    server.close();
  }
});
