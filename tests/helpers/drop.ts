import { copyFile, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';

export interface DropOptions {
  /** By default the middle of the page. */
  readonly at?: { readonly x: number; readonly y: number };
  /** What happens while the files are held over the page. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Whether they are taken away again instead of dropped. */
  readonly away?: boolean;
}

/** Drops files and folders from the disk on the page, as a person would. */
export async function dropOnPage(
  page: Page,
  files: readonly string[],
  { at, meanwhile, away = false }: DropOptions = {},
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel') =>
    session.send('Input.dispatchDragEvent', {
      type,
      x: at?.x ?? width / 2,
      y: at?.y ?? height / 2,
      data,
    });
  await send('dragEnter');
  await send('dragOver');
  await meanwhile?.();
  await send(away ? 'dragCancel' : 'drop');
  await session.detach();
}

/** A new folder with `count` copies of album pictures under names of their own, and every odd picture. */
export async function makeOddFolder(
  count: number,
): Promise<{ folder: string; files: string[]; odd: string[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-drop-'));
  const album = (await readdir('static/album')).filter((name) => name.endsWith('.webp'));
  const odd = await readdir('tests/fixtures/pictures');
  const files: string[] = [];
  const copy = async (from: string, name: string) => {
    files.push(path.join(folder, name));
    await copyFile(from, path.join(folder, name));
  };
  for (let at = 0; at < count - odd.length; at++) {
    await copy(
      path.join('static/album', album[at % album.length] ?? ''),
      `photo-${String(at).padStart(3, '0')}.webp`,
    );
  }
  for (const name of odd) await copy(path.join('tests/fixtures/pictures', name), name);
  return { folder, files, odd };
}

/** A folder below `parent` with a picture of the album at each of these paths. */
export async function makeNamedFolder(parent: string, paths: readonly string[]): Promise<string> {
  const folder = path.join(parent, 'named');
  for (const [at, name] of paths.entries()) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(path.join('static/album', `album-${String(at + 1).padStart(3, '0')}.webp`), file);
  }
  return folder;
}
