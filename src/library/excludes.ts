/**
 * What says of a path whether one of `patterns` leaves it out. The path is below the folder that was given, without that
 * folder's own name. A pattern without "/" is about the name of a file or of any folder on
 * the way to it, one with "/" about the path from the folder that was given; `*` stands for anything within a name,
 * `**` for anything at all, `?` for one character. Upper and lower case count alike. A pattern that names a folder
 * leaves out all that is in it.
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
