/** The browser's folder picker, if it has one. */
interface FolderPicker {
  showDirectoryPicker(options?: {
    id?: string;
    mode?: 'read' | 'readwrite';
  }): Promise<FileSystemDirectoryHandle>;
}

/** Whether this browser can pick a folder; otherwise an `<input webkitdirectory>` lists its files. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/**
 * Lets the user pick a folder; undefined if cancelled.
 * @param id the browser reopens the picker where it was last used with this id
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

/** Lets the user pick a folder to write into; undefined if cancelled, null if the browser has no picker. */
export async function pickTarget(): Promise<FileSystemDirectoryHandle | undefined | null> {
  return canPickFolder() ? pickFolder('save', 'readwrite') : null;
}

/** Lets the user pick pictures; none if cancelled. */
export function pickPictures(): Promise<readonly File[]> {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept: 'image/*', multiple: true });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(Array.from(input.files ?? [])));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** How long a browser may take to start reading a download's file, in milliseconds. */
const DOWNLOAD_BEGINS = 60_000;

/** Makes the browser download files, as if through links. */
export function handOver(files: readonly { readonly name: string; readonly file: Blob }[]): void {
  for (const { name, file } of files) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_BEGINS);
  }
}
