import { grouped } from '../core/digits';
import { Failure } from '../core/failure';

/**
 * Checks, before writing, that the browser reports room for `bytes` more. If it reports no estimate, a write will fail
 * instead.
 * @param storage `navigator.storage`
 * @param what the subject of the error message: "The download"
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
