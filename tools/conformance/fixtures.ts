/** A folder laid out like the golden fixtures, wherever it is read from. Paths use `/` and are relative to it. */
export interface Fixtures {
  /** Names of the folders directly inside `path`, sorted; empty where there is no such folder. */
  folders(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** Rejects where there is no such file. */
  bytes(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The text of `tokenizer.json`, or undefined where none was given. */
  tokenizer(): Promise<string | undefined>;
}

export async function readText(fixtures: Fixtures, path: string): Promise<string> {
  return new TextDecoder().decode(await fixtures.bytes(path));
}

/** A JSON file of a known form: fixtures are written by their own generators and trusted as far as that goes. */
export async function readJson<T>(fixtures: Fixtures, path: string): Promise<T> {
  return JSON.parse(await readText(fixtures, path)) as T;
}

/** Little-endian fp32. */
export async function readFloats(fixtures: Fixtures, path: string): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array((await fixtures.bytes(path)).slice().buffer);
}
