import { grouped } from '../core/digits';
import { Failure } from '../core/failure';

/**
 * Makes sure that the browser promises room for `bytes` more, before any of them is written. Where it does not say, the
 * write tells.
 * @param storage `navigator.storage`
 * @param what begins the sentence: "The download"
 * @throws StorageFull with both numbers
 */
export async function requireRoom(
  storage: Pick<StorageManager, 'estimate'> | undefined,
  bytes: number,
  what: string,
): Promise<void> {
  const { usage, quota } = (await storage?.estimate()) ?? {};
  if (usage === undefined || quota === undefined) return;
  const free = Math.max(0, quota - usage);
  if (bytes <= free) return;
  const message = `${what} needs ${grouped(bytes)} more bytes, and ${grouped(free)} are free for this page.`;
  throw new Failure('StorageFull', message);
}
