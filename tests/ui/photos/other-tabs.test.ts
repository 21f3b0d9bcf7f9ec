import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { otherTabs } from '../../../src/ui/photos/other-tabs';

/** The channels that were opened: what one says, the others of its name hear. */
let channels: StubChannel[] = [];

class StubChannel {
  onmessage: (() => void) | null = null;

  readonly name: string;

  constructor(name: string) {
    this.name = name;
    channels.push(this);
  }

  postMessage(): void {
    for (const other of channels) if (other !== this && other.name === this.name) other.onmessage?.();
  }
}

beforeEach(() => {
  channels = [];
  vi.stubGlobal('BroadcastChannel', StubChannel);
});
afterEach(() => vi.unstubAllGlobals());

describe('two tabs', () => {
  it('ask each other for a library, and no other one', async () => {
    const holders = new Map([['main', 'first']]);
    const lock = async (id: string) => {
      if (holders.has(id)) return undefined;
      return async () => void holders.set(id, 'released');
    };
    const [first, second] = [otherTabs(lock), otherTabs(lock)];
    const asked: string[] = [];
    first.listen('work', () => asked.push('work'));
    first.listen('main', () => {
      asked.push('main');
      holders.delete('main');
    });
    second.listen('main', () => asked.push('itself'));
    expect(await second.take('main')).toBe(true);
    expect(asked).toEqual(['main']);
    // The worker of the page that is loaded next takes it.
    expect(holders.get('main')).toBe('released');
  });

  it('know when one does not answer', async () => {
    expect(await otherTabs(async () => undefined).take('main')).toBe(false);
  });
});
