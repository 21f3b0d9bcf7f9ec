const folder = '../fixtures/preprocess/';
const urls = import.meta.glob<string>(['../fixtures/preprocess/{images,decoded,expected}/*'], {
  query: '?url',
  import: 'default',
  eager: true,
});

/** A file of the preprocessing fixtures, by its path in their folder. */
export async function readFixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(urls[folder + path] ?? `no URL for ${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
