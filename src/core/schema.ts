import * as v from 'valibot';

// Why schemas: what storage or a hub gives back may be of another version or damaged. A record is described once, in its
// own file; its type follows from the description, so a field that is added there is also checked. Settings of OpenCLIP
// configs are read by `clip/config` instead, which refuses what it was never asked for. `@__NO_SIDE_EFFECTS__` lets the
// build leave out descriptions that nobody reads by.

/** A whole number, 0 or more: a count, a length or an offset. */
export const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A text of at least one character. */
export const text = v.pipe(v.string(), v.nonEmpty());

/** A list that is not changed. */
/* @__NO_SIDE_EFFECTS__ */
export function listOf<const TItem extends v.GenericSchema>(item: TItem) {
  return v.pipe(v.array(item), v.readonly());
}

/** An object that is not changed. Entries that are not named are left out of what is read. */
/* @__NO_SIDE_EFFECTS__ */
export function recordOf<const TEntries extends v.ObjectEntries>(entries: TEntries) {
  return v.pipe(v.object(entries), v.readonly());
}

/** `value` as `schema` describes it; undefined where it is anything else. */
export function readAs<const TSchema extends v.GenericSchema>(
  schema: TSchema,
  value: unknown,
): v.InferOutput<TSchema> | undefined {
  const { success, output } = v.safeParse(schema, value, { abortEarly: true });
  return success ? output : undefined;
}
