const GROUPED = new Intl.NumberFormat('en-US');

/** `value` with its digits in groups of three, as sentences show numbers: `4,096`. */
export function grouped(value: number | bigint): string {
  return GROUPED.format(value);
}
