/** A folder of generated photos in the site's own storage, and the picker that hands it out: the real one wants a person. */
import type { BrowserContext, Page } from 'playwright-core';
import { HEADER_SIZE } from '../../src/search/index-file/header';
import { recordSize } from '../../src/search/index-file/record';

/** The folder's name in the site's private storage. */
const FOLDER = 'holiday';

/** Photos a subfolder holds. */
const EACH = 50;

/** Has the page's folder picker hand out the folder. */
export async function givePicker(context: BrowserContext): Promise<void> {
  await context.addInitScript((name) => {
    Object.assign(window, {
      async showDirectoryPicker() {
        return (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
      },
    });
  }, FOLDER);
}

/** Where photo `number` lies: in nested folders of a few. */
export function pathOf(number: number): string {
  const shelf = Math.floor(number / EACH);
  return `${Math.floor(shelf / 10)}/${shelf % 10}/photo-${String(number).padStart(5, '0')}.png`;
}

/** Draws a picture for each path, all different and different from those of another `seed`, and writes it there. */
export async function writePhotos(page: Page, paths: readonly string[], seed: number): Promise<void> {
  await page.evaluate(
    async ({ folder, files, first }) => {
      const root = await (
        await navigator.storage.getDirectory()
      ).getDirectoryHandle(folder, { create: true });
      const canvas = new OffscreenCanvas(96, 96);
      const context = canvas.getContext('2d')!;
      for (const [at, file] of files.entries()) {
        const number = first + at;
        context.fillStyle = `hsl(${number % 360} 70% 60%)`;
        context.fillRect(0, 0, 96, 96);
        context.fillStyle = '#000';
        context.fillText(`${number}`, 8 + (number % 50), 20 + (number % 60));
        const parts = file.split('/');
        let directory = root;
        for (const name of parts.slice(0, -1)) {
          directory = await directory.getDirectoryHandle(name, { create: true });
        }
        const handle = await directory.getFileHandle(parts.at(-1)!, { create: true });
        const stream = await handle.createWritable();
        await stream.write(await canvas.convertToBlob());
        await stream.close();
      }
    },
    { folder: FOLDER, files: [...paths], first: seed },
  );
}

/** Writes files that are no pictures whatever their names say: empty ones, and such as were cut off. */
export async function writeBroken(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(
    async ({ folder, files }) => {
      const root = await (
        await navigator.storage.getDirectory()
      ).getDirectoryHandle(folder, { create: true });
      const canvas = new OffscreenCanvas(96, 96);
      canvas.getContext('2d')!.fillRect(8, 8, 40, 40);
      const whole = await canvas.convertToBlob();
      for (const [at, file] of files.entries()) {
        const handle = await root.getFileHandle(file, { create: true });
        const stream = await handle.createWritable();
        await stream.write(whole.slice(0, at % 2 === 0 ? 0 : whole.size / 2));
        await stream.close();
      }
    },
    { folder: FOLDER, files: [...paths] },
  );
}

/** Removes files, or moves them where `to` names another place for each. */
export async function movePhotos(
  page: Page,
  paths: readonly string[],
  to?: (path: string) => string,
): Promise<void> {
  const moves = paths.map((path) => [path, to?.(path)] as const);
  await page.evaluate(
    async ({ folder, files }) => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(folder);
      // Why a method: what runs programs from TypeScript adds to a function with a name what the page does not have.
      const folders = {
        async placeOf(path: string) {
          const parts = path.split('/');
          let directory = root;
          for (const name of parts.slice(0, -1)) {
            directory = await directory.getDirectoryHandle(name, { create: true });
          }
          return { directory, name: parts.at(-1)! };
        },
      };
      for (const [path, target] of files) {
        const from = await folders.placeOf(path);
        if (target !== undefined) {
          const file = await (await from.directory.getFileHandle(from.name)).getFile();
          const to = await folders.placeOf(target);
          const stream = await (await to.directory.getFileHandle(to.name, { create: true })).createWritable();
          await stream.write(await file.arrayBuffer());
          await stream.close();
        }
        await from.directory.removeEntry(from.name);
      }
    },
    { folder: FOLDER, files: moves },
  );
}

/**
 * Records in the index of the built-in model, `dim` numbers a row: every photo ever embedded and kept in that library,
 * and removals.
 */
export async function countRecords(page: Page, dim: number, library = 'main'): Promise<number> {
  const sizes = await page.evaluate(async (library) => {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle('libraries')).getDirectoryHandle(library);
    const found: number[] = [];
    for await (const entry of (
      folder as unknown as { values(): AsyncIterable<FileSystemFileHandle> }
    ).values()) {
      // Beside the two files of an index lies the count of photos.
      if (/\.[01]$/.test(entry.name)) found.push((await entry.getFile()).size);
    }
    return found;
  }, library);
  return sizes
    .filter((size) => size > 0)
    .reduce((sum, size) => sum + (size - HEADER_SIZE) / recordSize(dim), 0);
}
