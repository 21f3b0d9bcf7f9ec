/** What the browser's folder picker is called, where there is one. */
interface FolderPicker {
  showDirectoryPicker(options?: { id?: string; mode?: 'read' }): Promise<FileSystemDirectoryHandle>;
}

/** Whether this browser can hand over a folder as such; otherwise an `<input webkitdirectory>` lists its files. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/**
 * Lets the person pick a folder; undefined when they did not.
 * @param id the browser opens the picker where it was last used under this name
 */
export async function pickFolder(id: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (window as unknown as FolderPicker).showDirectoryPicker({ id });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}
