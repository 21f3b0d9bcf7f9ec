/** A directory handle with these files, whose content is their name; `files` may be changed. */
export function folder(
  name: string,
  ...files: string[]
): FileSystemDirectoryHandle & { files: Map<string, string> } {
  const contents = new Map(files.map((file) => [file, file]));
  function* values() {
    for (const [file, content] of contents) {
      const getFile = async () => {
        if (content === '!') throw new DOMException('It is locked', 'NotReadableError');
        return new File([content], file, { lastModified: 1 });
      };
      yield { kind: 'file', name: file, getFile };
    }
  }
  const resolve = async (other: unknown) => (other === parts ? [] : null);
  const parts = { kind: 'directory', name, values, files: contents, resolve };
  return parts as unknown as FileSystemDirectoryHandle & { files: Map<string, string> };
}
