import * as v from 'valibot';

// Why schemas: data from storage or a hub may be damaged or of another version. A record's schema is in its own file,
// and its type is derived from it, so an added field is always checked. OpenCLIP configs are read by `clip/config`
// instead, which rejects unknown keys. `@__NO_SIDE_EFFECTS__` lets the build drop unused schemas.

/** A non-negative integer: a count, a length or an offset. */
export const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A non-empty string. */
export const text = v.pipe(v.string(), v.nonEmpty());

/** A read-only list. */
/* @__NO_SIDE_EFFECTS__ */
export function listOf<const TItem extends v.GenericSchema>(item: TItem) {
  return v.pipe(v.array(item), v.readonly());
}

/** A read-only object. Unknown entries are dropped. */
/* @__NO_SIDE_EFFECTS__ */
export function recordOf<const TEntries extends v.ObjectEntries>(entries: TEntries) {
  return v.pipe(v.object(entries), v.readonly());
}

/** `value` parsed by `schema`; undefined if it does not match. */
export function readAs<const TSchema extends v.GenericSchema>(
  schema: TSchema,
  value: unknown,
): v.InferOutput<TSchema> | undefined {
  const { success, output } = v.safeParse(schema, value, { abortEarly: true });
  return success ? output : undefined;
}
