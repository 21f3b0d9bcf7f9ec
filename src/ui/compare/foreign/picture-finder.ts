/**
 * Finds the file that a row's path names, wherever the rows were made: the longest end of the path that is one in the
 * folder.
 * @param files with their paths from the folder
 */
export function pictureFinder(
  files: readonly { readonly path: string; readonly file: File }[],
): (path: string) => File | undefined {
  const known = new Map(files.map(({ path, file }) => [path, file]));
  return (path) => {
    const steps = path.split(/[/\\]/).filter((step) => step !== '' && step !== '.');
    for (let from = 0; from < steps.length; from++) {
      const file = known.get(steps.slice(from).join('/'));
      if (file) return file;
    }
    return undefined;
  };
}
