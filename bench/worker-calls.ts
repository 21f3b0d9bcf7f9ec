import type { Page } from 'playwright-core';

/** A method of a worker that a page calls. */
export type CallName = 'add' | Replayed;

/** Those that can be made again; a model that takes frames is asked by the latter two. */
type Replayed = 'prepare' | 'encodeImages' | 'prepareFrame' | 'encodeFrames';

/** What the page's calls of one name took, in milliseconds, since they were forgotten. */
export interface Calls {
  readonly count: number;
  /** From the moment when files were given to the answer of the last call. */
  readonly untilLast: number;
}

/**
 * Runs in the page, before it: keeps every call to a worker of one of these names with what it was given, which a call
 * may give away, and can make them again.
 */
const KEEP_CALLS = `
  const REPLAYED = ['prepare', 'encodeImages', 'prepareFrame', 'encodeFrames'];
  const NAMES = [...REPLAYED, 'add'];
  const { postMessage } = Worker.prototype;
  globalThis.kept = { given: 0, calls: [] };
  addEventListener('change', () => (kept.given = performance.now()), { capture: true });

  function answered(worker, id, then) {
    worker.addEventListener('message', function hear({ data }) {
      if (data?.id !== id) return;
      worker.removeEventListener('message', hear);
      then(data);
    });
  }

  Worker.prototype.postMessage = function (message, ...rest) {
    const name = message?.path?.at(-1);
    if (message?.type === 'APPLY' && NAMES.includes(name)) {
      // The last of what \`add\` is given are thumbnails, which nobody asks for.
      const given = REPLAYED.includes(name) ? message.argumentList : message.argumentList.slice(0, 2);
      const values = given.map(({ value }) => structuredClone(value));
      const call = { worker: this, name, values, ended: 0 };
      kept.calls.push(call);
      answered(this, message.id, () => (call.ended = performance.now()));
    }
    return postMessage.call(this, message, ...rest);
  };

  function callAgain({ worker, name, values }) {
    const id = crypto.randomUUID();
    const argumentList = values.map((value) => ({ type: 'RAW', value }));
    const transferred = values.flat().flatMap((value) => value?.data?.buffer ?? []);
    return new Promise((resolve, reject) => {
      answered(worker, id, (data) => (data.name === 'throw' ? reject(data.value.value) : resolve()));
      postMessage.call(worker, { id, type: 'APPLY', path: [name], argumentList }, transferred);
    });
  }

  globalThis.replay = async (name, changes) => {
    const calls = kept.calls
      .filter((call) => call.name === name)
      .map((call) => ({ ...call, values: Object.assign(structuredClone(call.values), changes) }));
    const began = performance.now();
    await Promise.all(
      [...Map.groupBy(calls, ({ worker }) => worker).values()].map(async (ofWorker) => {
        for (const call of ofWorker) await callAgain(call);
      }),
    );
    return performance.now() - began;
  };`;

/** Has `page` keep its calls from its next navigation on. */
export async function keepCalls(page: Page): Promise<void> {
  await page.addInitScript({ content: KEEP_CALLS });
}

export async function forgetCalls(page: Page): Promise<void> {
  await page.evaluate('kept.calls.length = 0');
}

export async function callsOf(page: Page, name: CallName): Promise<Calls> {
  return page.evaluate(`(() => {
    const ended = kept.calls.filter((call) => call.name === ${JSON.stringify(name)}).map((call) => call.ended);
    return { count: ended.length, untilLast: Math.max(...ended) - kept.given };
  })()`);
}

/**
 * Makes the kept calls of that name again, each worker's one after the other while nothing else is done, and returns
 * the milliseconds that this takes.
 * @param changes values given instead, by their place among those of each call
 */
export async function replay(
  page: Page,
  name: Replayed,
  changes: Readonly<Record<number, number>> = {},
): Promise<number> {
  return page.evaluate<number>(`replay(${JSON.stringify(name)}, ${JSON.stringify(changes)})`);
}

/** The embeddings that were added to the library, by the key of their photo's content. */
export async function rowsAdded(page: Page): Promise<ReadonlyMap<string, readonly number[]>> {
  return new Map(
    await page.evaluate<[string, number[]][]>(`kept.calls
      .filter(({ name }) => name === 'add')
      .flatMap(({ values: [readings, { dim, data }] }) =>
        readings.map(({ key }, at) => [key, [...data.subarray(at * dim, (at + 1) * dim)]]))`),
  );
}
