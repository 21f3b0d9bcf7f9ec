/**
 * Whether a path is left out by one of `patterns`. A pattern without "/" is about the name of a file or of any folder on
 * the way to it, one with "/" about the path from the folder that was given; `*` stands for anything within a name,
 * `**` for anything at all, `?` for one character. Upper and lower case count alike. A pattern that names a folder
 * leaves out all that is in it.
 * @param path below the folder that was given, without that folder's own name
 */
export function isExcluded(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const trimmed = pattern.trim().replace(/^\.?\/|\/$/g, '');
    if (trimmed === '') return false;
    if (trimmed.includes('/')) return expression(trimmed).test(path);
    return path.split('/').some((name) => expression(trimmed).test(name));
  });
}

function expression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (mark) => {
    if (mark === '**') return '.*';
    if (mark === '*') return '[^/]*';
    return mark === '?' ? '[^/]' : `\\${mark}`;
  });
  return new RegExp(`^${source}(?:/.*)?$`, 'i');
}
