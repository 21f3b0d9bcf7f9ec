import ignore from 'ignore';

/**
 * Returns a function that tests whether `patterns` exclude a path, relative to the added folder. They are those of a
 * `.gitignore` (https://git-scm.com/docs/gitignore): a pattern without "/" matches the name of the file or of any folder
 * above it, one with "/" the path from the top; `*` stands for anything within a name, `**` for any folders, `?` for one
 * character; `!` takes back what an earlier pattern excluded. Ignores case, and how letters with accents are written.
 */
export function excluder(patterns: readonly string[]): (path: string) => boolean {
  const rules = ignore({ ignorecase: true, allowRelativePaths: true });
  rules.add(patterns.map((pattern) => pattern.normalize('NFC').replace(/^\.\//, '/')));
  return (path) => rules.ignores(path.normalize('NFC'));
}
