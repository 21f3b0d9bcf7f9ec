import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cdp, server } from 'vitest/browser';
import { storageRoot } from '../../../src/storage/directory';
import { filesOfDirectory, filesOfDrop, type GivenFile } from '../../../src/ui/kit/given-files';
import { writeFile } from '../../../src/storage/opfs-file';

async function all(files: AsyncIterable<GivenFile>): Promise<GivenFile[]> {
  const list = [];
  for await (const file of files) list.push(file);
  return list.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const paths = (files: GivenFile[]) => files.map(({ ok, path }) => (ok ? path : `unreadable: ${path}`));

describe('a picked directory', () => {
  let folder: FileSystemDirectoryHandle;
  let name: string;

  beforeEach(async () => {
    name = crypto.randomUUID();
    folder = await (await storageRoot()).getDirectoryHandle(name, { create: true });
  });

  afterEach(async () => {
    await (await storageRoot()).removeEntry(name, { recursive: true });
  });

  /** Makes a file at `path` below the folder, with its own name for content. */
  async function put(path: string): Promise<void> {
    const parts = path.split('/');
    const file = parts.pop() ?? '';
    let directory = folder;
    for (const part of parts) directory = await directory.getDirectoryHandle(part, { create: true });
    await writeFile(directory, file, [new TextEncoder().encode(file)]);
  }

  test('gives the files of all folders in it, hidden ones and junk left out', async () => {
    for (const path of ['1.jpg', 'Day 2/3.jpg', 'Day 2/Night/4.jpg', '.DS_Store', 'Thumbs.db'])
      await put(path);
    for (const path of ['.git/5.jpg', 'Day 2/.6.jpg', 'Day 2/@eaDir/7.jpg']) await put(path);
    await folder.getDirectoryHandle('Empty', { create: true });
    const files = await all(filesOfDirectory(folder));
    expect(paths(files)).toEqual([`${name}/1.jpg`, `${name}/Day 2/3.jpg`, `${name}/Day 2/Night/4.jpg`]);
    const texts = await Promise.all(files.map(async (given) => given.ok && (await given.file.text())));
    expect(texts).toEqual(['1.jpg', '3.jpg', '4.jpg']);
  });

  test('reports what cannot be read and goes on', async () => {
    for (const path of ['1.jpg', '2.jpg', 'Day 2/3.jpg']) await put(path);
    const { getFile } = FileSystemFileHandle.prototype;
    const { values } = FileSystemDirectoryHandle.prototype;
    FileSystemFileHandle.prototype.getFile = function () {
      return this.name === '1.jpg'
        ? Promise.reject(new DOMException('Gone', 'NotFoundError'))
        : getFile.call(this);
    };
    FileSystemDirectoryHandle.prototype.values = function () {
      if (this.name === 'Day 2') throw new DOMException('Not allowed', 'NotAllowedError');
      return values.call(this);
    };
    try {
      expect(await all(filesOfDirectory(folder))).toEqual([
        { ok: false, path: `${name}/1.jpg`, message: 'Gone' },
        { ok: true, path: `${name}/2.jpg`, file: expect.any(File), root: folder },
        { ok: false, path: `${name}/Day 2`, message: 'Not allowed' },
      ]);
    } finally {
      FileSystemFileHandle.prototype.getFile = getFile;
      FileSystemDirectoryHandle.prototype.values = values;
    }
  });
});

describe('a drop', () => {
  test('of files made by a script gives them', async () => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], '1.jpg'));
    transfer.items.add(new File(['x'], '.hidden'));
    transfer.items.add('text', 'text/plain');
    expect(paths(await all(filesOfDrop(transfer)))).toEqual(['1.jpg']);
  });

  test('of a folder and a file on the disk gives their files', async () => {
    const listeners = new AbortController();
    const dropped = new Promise<GivenFile[]>((resolve) => {
      const { signal } = listeners;
      document.addEventListener('dragover', (event) => event.preventDefault(), { signal });
      const drop = (event: DragEvent) => {
        event.preventDefault();
        if (event.dataTransfer) resolve(all(filesOfDrop(event.dataTransfer)));
      };
      document.addEventListener('drop', drop, { signal });
    });
    const { root } = server.config;
    const data = { items: [], files: [`${root}/tests/core`, `${root}/package.json`], dragOperationsMask: 1 };
    // Where this frame lies in the browser's page, which other tests may have sized.
    const { left = 0, top = 0 } = window.frameElement?.getBoundingClientRect() ?? {};
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await cdp().send('Input.dispatchDragEvent', { type, x: left + 20, y: top + 20, data });
    }
    const core = Object.keys(import.meta.glob('../../core/**/*')).map((path) => path.replace('../../', ''));
    expect(paths(await dropped)).toEqual([...core, 'package.json'].sort());
    listeners.abort();
  });
});
