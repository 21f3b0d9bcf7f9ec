/** A model's id in the store: readable, and different for different bytes. `hash` is hex. */
export function keptId(name: string, hash: string): string {
  const slug = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'model';
  return `${slug}-${hash.slice(0, 8)}`;
}
