/** A folder in the layout of the golden fixtures, from any storage. Paths use `/` and are relative to it. */
export interface Fixtures {
  /** Names of the folders directly inside `path`, sorted; empty if there is no such folder. */
  folders(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** Rejects if there is no such file. */
  bytes(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The text of `tokenizer.json`, or undefined if none was given. */
  tokenizer(): Promise<string | undefined>;
}

export async function readText(fixtures: Fixtures, path: string): Promise<string> {
  return new TextDecoder().decode(await fixtures.bytes(path));
}

/** A JSON file of known structure, not validated: fixtures come from our own generators. */
export async function readJson<T>(fixtures: Fixtures, path: string): Promise<T> {
  return JSON.parse(await readText(fixtures, path)) as T;
}

/** Little-endian fp32. */
export async function readFloats(fixtures: Fixtures, path: string): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array((await fixtures.bytes(path)).slice().buffer);
}
