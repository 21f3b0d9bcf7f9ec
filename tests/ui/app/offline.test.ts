import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceWorkerRequest } from '../../../workers/service-worker-api';
import { Offline } from '../../../src/ui/app/offline.svelte';
import { settled } from '../fakes';

/** A service worker that does as it is told, and remembers what that was. */
class FakeWorker extends EventTarget {
  readonly asked: string[] = [];
  state: ServiceWorkerState = 'installing';

  postMessage(request: ServiceWorkerRequest, [port]: MessagePort[]): void {
    this.asked.push(request.kind);
    port?.postMessage(true);
  }

  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class FakeRegistration extends EventTarget {
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  active: FakeWorker | null = null;
  updates = 0;

  async update(): Promise<void> {
    this.updates++;
  }

  /** A version arrives and, where another is in use, waits. */
  release(): FakeWorker {
    const worker = new FakeWorker();
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
    this.installing = null;
    this.waiting = worker;
    worker.become('installed');
    return worker;
  }
}

class FakeContainer extends EventTarget {
  readonly registration = new FakeRegistration();
  controller: FakeWorker | null = null;
  registered = 0;
  refuses = false;

  async register(): Promise<FakeRegistration> {
    this.registered++;
    if (this.refuses) throw new Error('refused');
    return this.registration;
  }

  control(worker: FakeWorker): void {
    this.controller = worker;
    this.registration.active = worker;
    this.registration.waiting = null;
    this.dispatchEvent(new Event('controllerchange'));
  }
}

let container: FakeContainer;
let page: EventTarget & { visibilityState: DocumentVisibilityState };
let reloads: number;
let untouched: boolean;
let memory: Map<string, string>;
let said: string[];

beforeEach(() => {
  container = new FakeContainer();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' as const });
  [reloads, untouched, memory, said] = [0, true, new Map(), []];
});

/** A page that is loaded now, `isolated` or not. */
async function load(isolated = true): Promise<Offline> {
  const offline = new Offline({
    container: container as unknown as ServiceWorkerContainer,
    script: new URL('https://page.example/service-worker.js'),
    page,
    isolated,
    memory: () => ({
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
    }),
    reload: () => reloads++,
    untouched: () => untouched,
    notices: { say: (text) => said.push(text) },
  });
  await offline.start();
  return offline;
}

/** A later visit: a service worker controls the page. */
async function visitAgain(): Promise<Offline> {
  container.control(new FakeWorker());
  return load();
}

describe('Offline', () => {
  it('registers once, and says nothing of the first version', async () => {
    const offline = await load();
    await offline.start();
    container.control(container.registration.release());
    expect(container.registered).toBe(1);
    expect(offline.offer).toBeUndefined();
    expect(said).toEqual([]);
    expect(reloads).toBe(0);
  });

  it('leaves the page as it is where there is none, or where it is refused', async () => {
    container.refuses = true;
    expect((await load()).offer).toBeUndefined();
    expect(reloads).toBe(0);
  });

  it('asks a service worker that the page was loaded past to take it', async () => {
    const active = new FakeWorker();
    container.registration.active = active;
    await load();
    expect(active.asked).toEqual(['claim']);
  });

  it('looks for a new version when the page is looked at again', async () => {
    await visitAgain();
    page.dispatchEvent(new Event('visibilitychange'));
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(container.registration.updates).toBe(1);
  });
});

describe('a new version', () => {
  it('is announced and waits for a click, which reloads the page once it is in use', async () => {
    const offline = await visitAgain();
    const next = container.registration.release();
    expect(offline.offer).toBe('update');
    expect(said).toEqual(['A new version is ready']);
    expect(next.asked).toEqual([]);

    offline.accept();
    await settled();
    expect(next.asked).toEqual(['takeOver']);
    expect(reloads).toBe(0);
    container.control(next);
    expect(reloads).toBe(1);
  });

  it('that waits since an earlier visit is announced too', async () => {
    container.control(new FakeWorker());
    container.registration.waiting = new FakeWorker();
    expect((await load()).offer).toBe('update');
  });

  it('taken by another tab is offered here, and never forced', async () => {
    const offline = await visitAgain();
    container.control(new FakeWorker());
    expect(offline.offer).toBe('update');
    expect(reloads).toBe(0);
    offline.accept();
    expect(reloads).toBe(1);
  });

  it('is announced once, and may be put off until the next', async () => {
    const offline = await visitAgain();
    container.control(container.registration.release());
    expect(said).toEqual(['A new version is ready']);
    offline.dismiss();
    expect(offline.offer).toBeUndefined();
    container.registration.release();
    expect(offline.offer).toBe('update');
  });
});

describe('a page that its host does not isolate', () => {
  it('reloads by itself, once, when the service worker takes it', async () => {
    await load(false);
    expect(reloads).toBe(0);
    container.control(new FakeWorker());
    expect(reloads).toBe(1);

    // Still not isolated, and loaded past the service worker.
    container.controller = null;
    const offline = await load(false);
    container.control(container.registration.active!);
    expect(reloads).toBe(1);
    expect(offline.offer).toBe('isolation');
  });

  it('is left alone where a reload would cost something, and offers it', async () => {
    const offline = await load(false);
    untouched = false;
    container.control(new FakeWorker());
    expect(reloads).toBe(0);
    expect(offline.offer).toBe('isolation');
    expect(said).toEqual(['After a reload this page runs faster']);
    offline.accept();
    expect(reloads).toBe(1);
  });

  it('makes no offer where the service worker could not isolate it either', async () => {
    container.control(new FakeWorker());
    expect((await load(false)).offer).toBeUndefined();
  });
});
