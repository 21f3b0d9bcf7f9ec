import { grouped } from '../core/digits';
import { Failure, messageOf } from '../core/failure';

/** What a connection needs from its thread. */
export interface ConnectionParts {
  readonly fetch: typeof globalThis.fetch;
  /** False if the device is known to be offline. */
  readonly online: () => boolean;
  /** Whether the page's own policy blocked `url` or a redirect target of it. */
  readonly forbidden: (url: string) => Promise<boolean>;
  /** Resolves after `ms` milliseconds. @throws Cancelled once `signal` is aborted */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** Origins known to allow CORS: their failures are network failures. */
  readonly readable: readonly string[];
}

/** HTTP requests with retries. */
export interface Connection {
  /**
   * Like `fetch`, but resolves only with status 200 to 299 or 416. If a server is busy or unreachable, it makes up to
   * five attempts, with growing pauses or as long as the server requests; three if the server has never answered.
   * @throws Offline, NetworkFailed, CorsRefused, HostNotAllowed, HubForbidden, HubNotFound, HubBusy, HubUnreadable,
   *   Cancelled
   */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** The pause before attempt `attempt` (1 and up), in milliseconds. */
  readonly pause: (attempt: number, signal?: AbortSignal) => Promise<void>;
}

/** Maximum number of attempts without progress. */
export const ATTEMPTS = 5;

/**
 * The same for a server that has not answered yet. Why fewer: without a network each fails at once, and the user, who has
 * just asked for something, would watch nothing but the pauses between them.
 */
const FIRST_ATTEMPTS = 3;

const FIRST_PAUSE_MS = 500;

/** If a server requests a longer pause, the request fails: the user would not wait that long either. */
const LONGEST_PAUSE_MS = 60_000;

export function openConnection(parts: ConnectionParts): Connection {
  /** URLs that have answered, by origin, most recent last. */
  const answered = new Map<string, Set<string>>();

  const pause: Connection['pause'] = (attempt, signal) =>
    parts.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + parts.random() / 2), signal);

  async function ask(url: string, init: RequestInit): Promise<Response> {
    const signal = init.signal ?? undefined;
    const { origin } = new URL(url);
    for (let attempt = 1; ; attempt++) {
      let most = ATTEMPTS;
      let failure: Failure;
      let wait: number | undefined;
      // Pauses are longer after 429 (too many requests).
      let patience = attempt;
      try {
        const answer = await parts.fetch(url, init);
        remember(url);
        if (answer.ok || answer.status === 416) return answer;
        // An unread body would keep its connection busy.
        void answer.body?.cancel().catch(() => undefined);
        failure = refusal(answer, url);
        if (failure.name !== 'HubBusy') throw failure;
        wait = retryAfter(answer);
        if (answer.status === 429) patience += 2;
        if (wait !== undefined && wait > LONGEST_PAUSE_MS) throw failure;
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (signal?.aborted) throw stopped(error);
        if (!answered.has(origin)) most = FIRST_ATTEMPTS;
        failure = await silence(url, error, attempt < most);
        if (failure.name !== 'NetworkFailed') throw failure;
      }
      if (attempt >= most) throw failure;
      await (wait === undefined ? pause(patience, signal) : parts.sleep(wait, signal));
    }
  }

  /**
   * Classifies a request without a response.
   *
   * Why it has to guess: a browser gives a page no details of a failed request. The policy reports what it blocked;
   * otherwise, if another request to the same server succeeds, the network is not at fault.
   */
  async function silence(url: string, cause: unknown, again: boolean): Promise<Failure> {
    const { origin, host } = new URL(url);
    if (!parts.online()) return new Failure('Offline', 'This device is offline.', { cause });
    if (await parts.forbidden(url)) {
      const message = `This page is not allowed to reach ${host}, or the server it sends one on to.`;
      return new Failure('HostNotAllowed', message, { cause });
    }
    const failed = new Failure('NetworkFailed', `${host} did not answer.`, { cause });
    if (again) return failed;
    const known = answered.get(origin) ?? new Set();
    if (known.has(url) || parts.readable.includes(origin)) return failed;
    const other = [...known].at(-1);
    if (other !== undefined && !(await answers(other))) return failed;
    const message =
      other === undefined
        ? `${host} gives no answer that this page may read: either nothing answers there, or its server lets no other page read from it (CORS).`
        : `${host} answers, but not with this file: it, or the server it sends one on to, lets no other page read it (CORS).`;
    return new Failure('CorsRefused', message, { cause });
  }

  function remember(url: string): void {
    const { origin } = new URL(url);
    const known = answered.get(origin) ?? new Set();
    known.delete(url);
    answered.set(origin, known.add(url));
  }

  async function answers(url: string): Promise<boolean> {
    return parts.fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
  }

  return { fetch: (url, init = {}) => ask(url, init), pause };
}

/** The same connection, with all its requests ended by `signal`. */
export function during(connection: Connection, signal: AbortSignal): Connection {
  return {
    fetch: (url, init = {}) =>
      connection.fetch(url, {
        ...init,
        signal: init.signal ? AbortSignal.any([init.signal, signal]) : signal,
      }),
    pause: (attempt, other) => connection.pause(attempt, other ? AbortSignal.any([other, signal]) : signal),
  };
}

/** Bytes of a body that is read at once: a tokenizer of a quarter of a million tokens has half as many. */
const MOST_BODY = 2 ** 26;

/**
 * A complete response body.
 * @throws NetworkFailed if it breaks off, Cancelled once `signal` is aborted, HubUnreadable if it has more than 64 MiB
 */
export async function wholeBody(answer: Response, url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  let bytes = 0;
  const bounded = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= MOST_BODY) controller.enqueue(chunk);
      else
        throw new Failure('HubUnreadable', `${fileNameOf(url)} has more than ${grouped(MOST_BODY)} bytes.`);
    },
  });
  try {
    return await new Response(answer.body?.pipeThrough(bounded)).arrayBuffer();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw brokenOff(url, error, signal);
  }
}

/** The failure for an incomplete body; `error` is what reading it threw, if anything. */
export function brokenOff(url: string, error: unknown, signal?: AbortSignal): Failure {
  if (signal?.aborted) return stopped(error);
  const why = error === undefined ? 'it ended too soon' : messageOf(error);
  const message = `The connection to ${new URL(url).host} broke off: ${why}.`;
  return new Failure('NetworkFailed', message, { cause: error });
}

/** The failure of a download stopped by the user; `cause` is the underlying error, if any. */
export function stopped(cause?: unknown): Failure {
  return new Failure('Cancelled', 'The download was stopped.', { cause });
}

/** The last path segment of a URL, as the file's display name. */
export function fileNameOf(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}

/** Temporary error statuses. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The failure for an error response. */
function refusal(answer: Response, url: string): Failure {
  const { status, headers } = answer;
  const { host, pathname } = new URL(url);
  const code = headers.get('X-Error-Code');
  const said = `${host} answered ${status} for ${pathname}`;
  if (PASSING.has(status)) {
    const what = status === 429 ? 'it asks for fewer requests' : 'it is out of order for the moment';
    return new Failure('HubBusy', `${said}: ${what}.`);
  }
  // The hub answers 401 for missing repositories too, so as not to reveal private ones.
  if (status === 404 || (status === 401 && code !== 'GatedRepo')) {
    const what = code === 'RevisionNotFound' ? 'no such revision' : 'there is none, or not for everyone';
    return new Failure('HubNotFound', `${said}: ${what}.`);
  }
  if (status === 401 || status === 403 || status === 451) {
    return new Failure('HubForbidden', `${said}: it is not open to everyone.`);
  }
  return new Failure('HubUnreadable', `${said}, which is no answer of a hub.`);
}

/** The pause requested by the server, in milliseconds; undefined if none. */
function retryAfter({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
