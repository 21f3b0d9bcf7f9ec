/** What the browser's folder picker is called, where there is one. */
interface FolderPicker {
  showDirectoryPicker(options?: {
    id?: string;
    mode?: 'read' | 'readwrite';
  }): Promise<FileSystemDirectoryHandle>;
}

/** Whether this browser can hand over a folder as such; otherwise an `<input webkitdirectory>` lists its files. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/**
 * Lets the person pick a folder; undefined when they did not.
 * @param id the browser opens the picker where it was last used under this name
 */
export async function pickFolder(
  id: string,
  mode: 'read' | 'readwrite' = 'read',
): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (window as unknown as FolderPicker).showDirectoryPicker({ id, mode });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

/** Lets the person pick a folder to write into; undefined when they did not, null where the browser has no picker. */
export async function pickTarget(): Promise<FileSystemDirectoryHandle | undefined | null> {
  return canPickFolder() ? pickFolder('save', 'readwrite') : null;
}

/** Lets the person pick pictures; none when they did not. */
export function pickPictures(): Promise<readonly File[]> {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept: 'image/*', multiple: true });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(Array.from(input.files ?? [])));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** A browser may begin to read a download's file this much later, in milliseconds. */
const DOWNLOAD_BEGINS = 60_000;

/** Has the browser download files, as if each had been linked to. */
export function handOver(files: readonly { readonly name: string; readonly file: Blob }[]): void {
  for (const { name, file } of files) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_BEGINS);
  }
}
