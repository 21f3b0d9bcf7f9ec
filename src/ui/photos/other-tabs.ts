import { lockLibrary } from '../../library/library-lock';

/** What this page and others with the same library say to each other. */
export interface OtherTabs {
  /** From now on, `onAsked` is called when another tab asks for library `id`. */
  listen(id: string, onAsked: () => void): void;
  /** Asks the tab that has library `id` open to give it up, and resolves with whether it did. */
  take(id: string): Promise<boolean>;
}

/** How long the other tab has to store what it has not stored yet, in milliseconds. */
const PATIENCE = 10_000;

/**
 * The other tabs of this browser. Only one tab can have a library open: it is handed over when the person asks for it
 * in another.
 *
 * @param lock as `lockLibrary`
 */
export function otherTabs(lock: typeof lockLibrary = lockLibrary): OtherTabs {
  const channels = new Map<string, BroadcastChannel>();

  // One for each name: a second one would hear what the first says.
  function channelOf(id: string): BroadcastChannel {
    const channel = channels.get(id) ?? new BroadcastChannel(`clipscope library ${id}`);
    channels.set(id, channel);
    return channel;
  }

  return {
    listen(id, onAsked) {
      channelOf(id).onmessage = onAsked;
    },
    async take(id) {
      channelOf(id).postMessage('take');
      const release = await lock(id, PATIENCE);
      await release?.();
      return release !== undefined;
    },
  };
}
