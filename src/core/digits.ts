const GROUPED = new Intl.NumberFormat('en-US');

/** `value` with digits grouped in threes, for messages: `4,096`. */
export function grouped(value: number | bigint): string {
  return GROUPED.format(value);
}
