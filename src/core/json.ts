/** `value[key]` of parsed JSON; undefined if `value` is not an object or has no such own key. */
export function property(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}
