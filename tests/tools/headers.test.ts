import { describe, expect, test } from 'vitest';
import { connectHosts, headersFor, hostSource, isModelsWorker } from '../../tools/headers.js';

/** The sources that the file at `pathname` may connect to. */
function connectSources(pathname: string, options?: Parameters<typeof headersFor>[1]): string[] {
  const policy = headersFor(pathname, options)['Content-Security-Policy'] ?? '';
  const directive = policy.split('; ').find((one) => one.startsWith('connect-src ')) ?? '';
  return directive.split(' ').slice(1);
}

describe('what a file may connect to', () => {
  const hub = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'];
  const hosts = ['http://127.0.0.1:8000'];

  test.each([
    '/',
    '/index.html',
    '/assets/clip.worker-AbC123_x.js',
    '/assets/models.worker-AbC123_x.js.map',
    '/assets/other-models.worker-AbC123_x.js',
    '/models.worker-AbC123_x.js/index.html',
    '/models/models.json',
  ])('%s: nobody else', (pathname) => {
    expect(isModelsWorker(pathname)).toBe(false);
    expect(connectSources(pathname, { hosts })).toEqual(["'self'"]);
    expect(connectSources(pathname, { hosts, hotReload: true })).toEqual(["'self'", 'ws:']);
  });

  test.each([
    '/assets/models.worker-AbC123_x.js',
    '/some/path/assets/models.worker-a-b_c123.js',
    '/workers/models.worker.ts',
  ])('%s: the hub, and the hosts that were named', (pathname) => {
    expect(connectSources(pathname)).toEqual(["'self'", ...hub]);
    expect(connectSources(pathname, { hosts: [...hosts, ...hosts] })).toEqual(["'self'", ...hub, ...hosts]);
  });
});

test('the page itself may ask for the camera, and nobody for more', () => {
  const policy = headersFor('/')['Permissions-Policy'];
  expect(policy).toBe('camera=(self), microphone=(), geolocation=()');
});

test.each([
  ['https://mirror.example', 'https://mirror.example'],
  ['https://Mirror.example:443/a/b?c', 'https://mirror.example'],
  ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
  ['http://localhost:1', 'http://localhost:1'],
  ['https://a;connect-src', undefined],
  ['https://a,b.example', undefined],
  ['https://a.example; *', undefined],
  ['ftp://a.example', undefined],
  ['mirror.example', undefined],
  ['*', undefined],
  ['', undefined],
])('"%s" stands in a policy as %s', (address, source) => {
  expect(hostSource(address)).toBe(source);
});

test('the hosts of a policy are found again', () => {
  const hosts = ['http://127.0.0.1:8000', 'https://mirror.example'];
  const policy = headersFor('/workers/models.worker.ts', { hosts })['Content-Security-Policy'] ?? '';
  expect(connectHosts(policy)).toEqual(['https://huggingface.co', ...hosts]);
  expect(connectHosts("default-src 'self'; img-src https://a.example")).toEqual([]);
  expect(connectHosts('')).toEqual([]);
});
