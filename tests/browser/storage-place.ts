/** A root directory of its own for each test, and what lies in it. */
import { storageRoot } from '../../src/storage/directory';

export async function makeRoot(): Promise<FileSystemDirectoryHandle> {
  return (await storageRoot()).getDirectoryHandle(crypto.randomUUID(), { create: true });
}

export async function dropRoot(root: FileSystemDirectoryHandle): Promise<void> {
  await (await storageRoot()).removeEntry(root.name, { recursive: true });
}

/** The names of the models' directories, encoded as they are. */
export async function directories(root: FileSystemDirectoryHandle): Promise<string[]> {
  return names(await root.getDirectoryHandle('models'));
}

export async function names(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const list = [];
  for await (const name of directory.keys()) list.push(name);
  return list.sort();
}

/** The directory of the first model. */
export async function modelDirectory(root: FileSystemDirectoryHandle): Promise<FileSystemDirectoryHandle> {
  const models = await root.getDirectoryHandle('models');
  const [name = ''] = await names(models);
  return models.getDirectoryHandle(name);
}

/** Replaces the file `name` of the first model by `content`. */
export async function overwrite(
  root: FileSystemDirectoryHandle,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const handle = await (await modelDirectory(root)).getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  await stream.write(content);
  await stream.close();
}

export async function manifestText(root: FileSystemDirectoryHandle): Promise<string> {
  const handle = await (await modelDirectory(root)).getFileHandle('manifest.json');
  return (await handle.getFile()).text();
}
