import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionOf } from '../../../workers/models/connection';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A worker whose network is `fetch`. */
class FakeWorker extends EventTarget {
  readonly navigator = { onLine: true };
  readonly asked: string[] = [];
  /** What is asked for answers so; undefined: nothing does. */
  answer: ((url: string, times: number) => Response) | undefined;

  readonly fetch: typeof fetch = async (request) => {
    const url = request as string;
    this.asked.push(url);
    if (!this.answer) throw new TypeError('Failed to fetch');
    return this.answer(url, this.asked.length);
  };

  /** The policy says that it stopped a request. */
  refuse(blockedURI: string): void {
    this.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), { blockedURI }));
  }
}

/** How a request ends, whatever time it takes. */
async function outcome(request: Promise<Response>): Promise<string> {
  const ended = request.then(
    ({ status }) => String(status),
    (error: unknown) => (error as Error).name,
  );
  await vi.runAllTimersAsync();
  return ended;
}

describe('a silent server', () => {
  it('of the official hub is the network’s fault, after three attempts where it never answered', async () => {
    const worker = new FakeWorker();
    const { fetch } = connectionOf(worker);
    expect(await outcome(fetch('https://huggingface.co/api/models/a/b'))).toBe('NetworkFailed');
    expect(worker.asked).toHaveLength(3);
  });

  it('of anybody else lets no other page read', async () => {
    const { fetch } = connectionOf(new FakeWorker());
    expect(await outcome(fetch('https://huggingface.co.evil.test/a'))).toBe('CorsRefused');
  });

  it('is not asked again where the device is offline', async () => {
    const worker = new FakeWorker();
    const { fetch } = connectionOf(worker);
    worker.navigator.onLine = false;
    expect(await outcome(fetch('https://host.test/a'))).toBe('Offline');
    expect(worker.asked).toHaveLength(1);
  });
});

describe('what the policy stopped', () => {
  it('is told as a host that is not allowed, though the report comes after the refusal', async () => {
    const worker = new FakeWorker();
    const { fetch } = connectionOf(worker);
    worker.answer = () => {
      setTimeout(() => worker.refuse('https://host.test/another/file'));
      throw new TypeError('Failed to fetch');
    };
    expect(await outcome(fetch('https://host.test/a'))).toBe('HostNotAllowed');
    expect(worker.asked).toHaveLength(1);
  });

  it('is told once: a later silence has reasons of its own', async () => {
    const worker = new FakeWorker();
    const { fetch } = connectionOf(worker);
    worker.refuse('https://host.test/a');
    expect(await outcome(fetch('https://host.test/a'))).toBe('HostNotAllowed');
    expect(await outcome(fetch('https://host.test/a'))).toBe('CorsRefused');
  });

  it.each(['https://other.test/a', 'http://host.test/a', 'https://host.test:8443/a', 'inline', ''])(
    'is not meant by a report of %j',
    async (blocked) => {
      const worker = new FakeWorker();
      const { fetch } = connectionOf(worker);
      worker.refuse(blocked);
      expect(await outcome(fetch('https://host.test/a'))).toBe('CorsRefused');
    },
  );
});

describe('a busy server', () => {
  const busy = (seconds: string) => new Response('', { status: 503, headers: { 'Retry-After': seconds } });

  it('is asked again after the time that it names, and no earlier', async () => {
    const worker = new FakeWorker();
    worker.answer = (_, times) => (times === 1 ? busy('7') : new Response('here'));
    const request = connectionOf(worker).fetch('https://host.test/a');
    await vi.advanceTimersByTimeAsync(6_999);
    expect(worker.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(worker.asked).toHaveLength(2);
    expect((await request).status).toBe(200);
  });

  it('is asked no more once the work is stopped, and no timer is left', async () => {
    const worker = new FakeWorker();
    worker.answer = () => busy('60');
    const stop = new AbortController();
    const ended = connectionOf(worker)
      .fetch('https://host.test/a', { signal: stop.signal })
      .catch((error: unknown) => (error as Error).name);
    await vi.advanceTimersByTimeAsync(1_000);
    stop.abort();
    expect(await ended).toBe('Cancelled');
    expect(vi.getTimerCount()).toBe(0);
    expect(worker.asked).toHaveLength(1);
  });
});

it('a pause does not begin where the work is stopped already', async () => {
  const { pause } = connectionOf(new FakeWorker());
  await expect(pause(1, AbortSignal.abort())).rejects.toMatchObject({ name: 'Cancelled' });
  expect(vi.getTimerCount()).toBe(0);
});

it('a pause that has ended leaves nothing that waits for its signal', async () => {
  const { pause } = connectionOf(new FakeWorker());
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  const paused = pause(1, signal);
  await vi.runAllTimersAsync();
  await paused;
  expect(removed).toHaveBeenCalledOnce();
});
