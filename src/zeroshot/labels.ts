/**
 * The labels in a text field: one a line or separated by commas, trimmed, in their order. Empty ones are dropped,
 * and so is a label that came before: with other capitals too, since CLIP reads both alike and would share their
 * probability out between them.
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
