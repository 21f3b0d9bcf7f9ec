/** The first of what `find` gives for `from`, which is then asked no more; undefined if it gives nothing. */
export function firstOf<A, B>(from: readonly A[], find: (one: A) => B | undefined): B | undefined {
  for (const one of from) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
