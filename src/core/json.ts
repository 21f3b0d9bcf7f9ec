/** `value[key]` of parsed JSON; undefined where `value` is no object or has no such key of its own. */
export function property(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}
