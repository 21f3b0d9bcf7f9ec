/**
 * The labels in a text field: one per line or separated by commas, trimmed, in order. Empty and repeated labels are
 * dropped, ignoring case: CLIP lower-cases text, so duplicates would split their probability.
 */
export function parseLabels(field: string): string[] {
  const labels = new Map<string, string>();
  for (const part of field.split(/[\r\n,]/)) {
    const label = part.trim().replace(/\s+/g, ' ');
    const key = label.toLowerCase();
    if (label !== '' && !labels.has(key)) labels.set(key, label);
  }
  return [...labels.values()];
}
