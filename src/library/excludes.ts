/**
 * Returns a function that tests whether one of `patterns` excludes a path, relative to the added folder. A pattern
 * without "/" matches the name of the file or of any folder above it; one with "/" matches the relative path. `*`
 * matches anything within a name, `**` anything, `?` one character. Case-insensitive. A pattern that matches a folder
 * excludes everything in it.
 */
export function excluder(patterns: readonly string[]): (path: string) => boolean {
  const trimmed = patterns
    .map((pattern) => pattern.trim().replace(/^\.?\/|\/$/g, ''))
    .filter((pattern) => pattern !== '');
  const ofPaths = trimmed.filter((pattern) => pattern.includes('/')).map(expression);
  const ofNames = trimmed.filter((pattern) => !pattern.includes('/')).map(expression);
  return (path) =>
    ofPaths.some((one) => one.test(path)) ||
    path.split('/').some((name) => ofNames.some((one) => one.test(name)));
}

function expression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (mark) => {
    if (mark === '**') return '.*';
    if (mark === '*') return '[^/]*';
    return mark === '?' ? '[^/]' : `\\${mark}`;
  });
  return new RegExp(`^${source}(?:/.*)?$`, 'i');
}
