import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure';
import { during, openConnection, type Connection, type ConnectionParts } from '../../src/hub/connection';
import { testConnection } from './fixtures';

const URL_ = 'https://hub.test/someone/model/resolve/main/weights';
const OTHER = 'https://hub.test/api/models/someone/model';

type Answer = Response | 'silence';
type Ask = (url: string, init?: RequestInit) => Answer | Promise<Answer>;

/** A connection to a server that is a function. */
function connect(server: Ask, parts: Partial<ConnectionParts> = {}) {
  const asked: string[] = [];
  const connection = testConnection({
    async fetch(url, init) {
      const address = url instanceof Request ? url.url : url.toString();
      asked.push(`${init?.method ?? 'GET'} ${new URL(address).pathname}`);
      const answer = await server(address, init);
      if (answer === 'silence') throw new TypeError('Failed to fetch');
      return answer;
    },
    ...parts,
  });
  return { ...connection, asked };
}

const status = (code: number, headers: HeadersInit = {}) => new Response('said', { status: code, headers });

/** Answers one after the other, the last one for ever. */
function inTurn(...answers: readonly (() => Answer)[]): Ask {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)]?.() ?? 'silence';
}

const silence = () => 'silence' as const;
const good = () => status(200);

describe('an error response', () => {
  it.each<[name: string, code: number, headers: HeadersInit, message: string]>([
    ['HubNotFound', 404, {}, 'there is none, or not for everyone.'],
    ['HubNotFound', 404, { 'X-Error-Code': 'EntryNotFound' }, 'there is none, or not for everyone.'],
    ['HubNotFound', 404, { 'X-Error-Code': 'RevisionNotFound' }, 'no such revision.'],
    ['HubNotFound', 401, {}, 'there is none, or not for everyone.'],
    ['HubNotFound', 401, { 'X-Error-Code': 'RepoNotFound' }, 'there is none, or not for everyone.'],
    ['HubForbidden', 401, { 'X-Error-Code': 'GatedRepo' }, 'it is not open to everyone.'],
    ['HubForbidden', 403, {}, 'it is not open to everyone.'],
    ['HubForbidden', 451, {}, 'it is not open to everyone.'],
    ['HubUnreadable', 400, {}, 'which is no answer of a hub.'],
    ['HubUnreadable', 410, {}, 'which is no answer of a hub.'],
    ['HubUnreadable', 501, {}, 'which is no answer of a hub.'],
  ])('is %s for status %d with %o, and is asked for once', async (name, code, headers, message) => {
    const { fetch, asked, pauses } = connect(() => status(code, headers));
    await expect(fetch(URL_)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(
        new RegExp(`^hub\\.test answered ${code} for /someone/model/resolve/main/weights[:,] ${message}$`),
      ) as string,
    });
    expect([asked.length, pauses]).toEqual([1, []]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('with status %d is retried up to five times', async (code) => {
    const { fetch, asked, pauses } = connect(() => status(code));
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'HubBusy' });
    const longer = code === 429 ? 4 : 1;
    expect([asked.length, pauses.map((pause) => pause / longer)]).toEqual([5, [500, 1000, 2000, 4000]]);
  });

  it('does not keep its connection busy', async () => {
    const answers: Response[] = [];
    const { fetch } = connect(() => {
      const answer = status(answers.length === 0 ? 503 : 404);
      answers.push(answer);
      return answer;
    });
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'HubNotFound' });
    for (const { body } of answers) expect(await body?.getReader().read()).toMatchObject({ done: true });
  });
});

describe('a successful response', () => {
  it.each([200, 206, 416])('with status %d is passed on with its body', async (code) => {
    const { fetch, asked } = connect(() => status(code));
    const answer = await fetch(URL_);
    expect([answer.status, await answer.text(), asked.length]).toEqual([code, 'said', 1]);
  });

  it('may come at the fifth attempt', async () => {
    const { fetch, pauses } = connect(
      inTurn(
        () => status(503),
        silence,
        () => status(429),
        silence,
        good,
      ),
    );
    expect((await fetch(URL_)).status).toBe(200);
    expect(pauses).toEqual([500, 1000, 8000, 4000]);
  });

  it('is requested with the given options', async () => {
    const headers = { Range: 'bytes=0-9' };
    const inits: (RequestInit | undefined)[] = [];
    const { fetch, asked } = connect((_, init) => {
      inits.push(init);
      return good();
    });
    await fetch(URL_, { method: 'HEAD', headers });
    expect([asked, inits]).toEqual([
      ['HEAD /someone/model/resolve/main/weights'],
      [{ method: 'HEAD', headers }],
    ]);
  });
});

describe('a pause', () => {
  it.each([
    [1, 0, 500],
    [1, 1, 750],
    [2, 0.5, 1250],
    [4, 0, 4000],
    [4, 1, 6000],
  ])('before attempt %d is, by a chance of %d, of %d ms', async (attempt, random, ms) => {
    const { pause, pauses } = testConnection({ random: () => random });
    await pause(attempt);
    expect(pauses).toEqual([ms]);
  });

  it.each<[said: string, pauses: number[]]>([
    ['7', [7000]],
    ['0', [0]],
    ['60', [60_000]],
    // Longer than that of a server that is out of order: it has been asked too much.
    ['Wed, 21 Oct 2026 07:28:00 GMT', [2000]],
    ['-1', [2000]],
  ])('is as long as a server says by "Retry-After: %s"', async (said, expected) => {
    const { fetch, pauses } = connect(inTurn(() => status(429, { 'Retry-After': said }), good));
    await fetch(URL_);
    expect(pauses).toEqual(expected);
  });

  it('of more than a minute is refused', async () => {
    const { fetch, asked, pauses } = connect(() => status(503, { 'Retry-After': '61' }));
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'HubBusy' });
    expect([asked.length, pauses]).toEqual([1, []]);
  });
});

describe('a request without a response', () => {
  it('is Offline on an offline device, and is not retried', async () => {
    const { fetch, asked } = connect(silence, { online: () => false });
    await expect(fetch(URL_)).rejects.toMatchObject({
      name: 'Offline',
      message: 'This device is offline.',
    });
    expect(asked.length).toBe(1);
  });

  it('is HostNotAllowed if the policy blocks the URL, and is not retried', async () => {
    const { fetch, asked } = connect(silence, { forbidden: async (url) => url === URL_ });
    await expect(fetch(URL_)).rejects.toMatchObject({
      name: 'HostNotAllowed',
      message: 'This page is not allowed to reach hub.test, or the server it sends one on to.',
    });
    expect(asked.length).toBe(1);
  });

  it('is NetworkFailed after three attempts if the server never answered but is known to allow CORS', async () => {
    const { fetch, asked, pauses } = connect(silence, { readable: ['https://hub.test'] });
    await expect(fetch(URL_)).rejects.toMatchObject({
      name: 'NetworkFailed',
      message: 'hub.test did not answer.',
    });
    expect([asked.length, pauses]).toEqual([3, [500, 1000]]);
  });

  it('is NetworkFailed if the same URL answered before', async () => {
    const { fetch, asked } = connect(inTurn(good, silence));
    await fetch(URL_);
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'NetworkFailed' });
    expect(asked.length).toBe(6);
  });

  it('is retried five times in all once the server has answered, be it that it is busy', async () => {
    const { fetch, asked } = connect(inTurn(() => status(503), silence));
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'NetworkFailed' });
    expect(asked.length).toBe(5);
  });

  it('is NetworkFailed if another URL answered before but does not now', async () => {
    const { fetch, asked } = connect(inTurn(good, silence));
    await fetch(OTHER);
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'NetworkFailed' });
    expect(asked.at(-1)).toBe('HEAD /api/models/someone/model');
  });

  it('is CorsRefused if another URL still answers', async () => {
    const { fetch, asked } = connect((url) => (url === OTHER ? good() : 'silence'));
    await fetch(OTHER);
    await expect(fetch(URL_)).rejects.toMatchObject({
      name: 'CorsRefused',
      message:
        'hub.test answers, but not with this file: it, or the server it sends one on to, lets no other page read it (CORS).',
    });
    expect(asked.filter((one) => one.startsWith('HEAD'))).toEqual(['HEAD /api/models/someone/model']);
  });

  it('is NetworkFailed if the server is known to allow CORS, even if other URLs answer', async () => {
    const { fetch } = connect((url) => (url === OTHER ? good() : 'silence'), {
      readable: ['https://hub.test'],
    });
    await fetch(OTHER);
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'NetworkFailed' });
  });

  it('is NetworkFailed if the URL answered before others did', async () => {
    const { fetch } = connect(inTurn(good, good, silence));
    await fetch(URL_);
    await fetch(OTHER);
    await expect(fetch(URL_)).rejects.toMatchObject({ name: 'NetworkFailed' });
  });

  it('is CorsRefused if nothing was ever read from that server', async () => {
    const { fetch, asked } = connect((url) => (url === OTHER ? good() : 'silence'));
    await fetch(OTHER);
    await expect(fetch('https://elsewhere.test/weights')).rejects.toMatchObject({
      name: 'CorsRefused',
      message:
        'elsewhere.test gives no answer that this page may read: either nothing answers there, or its server lets no other page read from it (CORS).',
    });
    expect(asked.length).toBe(4);
  });
});

describe('Cancelled', () => {
  const cancelled = { name: 'Cancelled', message: 'The download was stopped.' };

  it('is thrown by a request stopped in flight', async () => {
    const controller = new AbortController();
    const { fetch, asked } = connect((_, init) => {
      controller.abort();
      throw init?.signal?.reason;
    });
    await expect(fetch(URL_, { signal: controller.signal })).rejects.toMatchObject(cancelled);
    expect(asked.length).toBe(1);
  });

  it('is thrown by a stopped pause', async () => {
    const controller = new AbortController();
    const { fetch, asked } = connect(
      inTurn(
        () => status(503),
        () => {
          controller.abort();
          return status(503);
        },
      ),
    );
    await expect(fetch(URL_, { signal: controller.signal })).rejects.toMatchObject(cancelled);
    expect(asked.length).toBe(2);
  });

  it('is thrown by `sleep`, also before a pause requested by the server', async () => {
    const connection: Connection = openConnection({
      fetch: async () => status(429, { 'Retry-After': '5' }),
      online: () => true,
      forbidden: async () => false,
      sleep: async () => {
        throw new Failure('Cancelled', 'The download was stopped.');
      },
      random: () => 0,
      readable: [],
    });
    await expect(connection.fetch(URL_)).rejects.toMatchObject(cancelled);
  });
});

describe('a connection limited to one task', () => {
  const asking = (own?: AbortSignal) => {
    const work = new AbortController();
    const pauses: (AbortSignal | undefined)[] = [];
    let given: AbortSignal | null | undefined;
    const { fetch, pause } = during(
      {
        async fetch(_, init) {
          given = init?.signal;
          return good();
        },
        pause: async (_, signal) => void pauses.push(signal),
      },
      work.signal,
    );
    return { work, fetch: () => fetch(URL_, own ? { signal: own } : {}), pause, pauses, signal: () => given };
  };

  it('makes no request once the task is stopped', async () => {
    const { work, fetch, signal } = asking();
    await fetch();
    expect(signal()?.aborted).toBe(false);
    work.abort();
    expect(signal()?.aborted).toBe(true);
  });

  it.each(['the work', 'the request'])('stops a request of its own signal with %s', async (what) => {
    const request = new AbortController();
    const { work, fetch, signal } = asking(request.signal);
    await fetch();
    expect(signal()?.aborted).toBe(false);
    (what === 'the work' ? work : request).abort();
    expect(signal()?.aborted).toBe(true);
  });

  it('makes no pause longer than the task', async () => {
    const { work, pause, pauses } = asking();
    await pause(1);
    await pause(1, new AbortController().signal);
    work.abort();
    expect(pauses.map((signal) => signal?.aborted)).toEqual([true, true]);
  });
});
