/** The name of the file that makes a directory a kept model. */
export const MANIFEST_NAME = 'manifest.json';

/**
 * The manifest of a model that is still being written, in the same form: it names the files that are finished. It makes
 * no model, and goes when the manifest comes.
 */
export const STAGED_NAME = 'staged.json';

/** The manifest's form. Another one is another program's: not a model. */
export const MANIFEST_VERSION = 1;

/** A file of a kept model. */
export interface StoredFile {
  /** Within the model's directory; no folders. */
  readonly name: string;
  readonly bytes: number;
}

/** What a kept model says of itself. */
export interface StoredManifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly id: string;
  /** Shown to a person. */
  readonly name: string;
  /** When it was written: ISO 8601, UTC. */
  readonly created: string;
  /** What wrote the weights, with its version. */
  readonly converter: string;
  /** Of the checkpoint it was made from. */
  readonly sourceHash?: string;
  readonly precision: string;
  /** Everything but the manifest itself. */
  readonly files: readonly StoredFile[];
  /** The owner's own data, as it came out of JSON: to be checked by whoever reads it. */
  readonly detail: unknown;
}

/** A manifest, or the reason why there is none. */
export type ManifestReading =
  { readonly ok: true; readonly manifest: StoredManifest } | { readonly ok: false; readonly reason: string };

/** Reads the text of a manifest field by field. Never throws. */
export function parseManifest(text: string): ManifestReading {
  const json = parseJson(text);
  if (!isObject(json)) return { ok: false, reason: 'the manifest is not a JSON object' };
  const { version, id, name, created, converter, sourceHash, precision, files, detail } = json;
  if (version !== MANIFEST_VERSION) {
    return {
      ok: false,
      reason: `the manifest has version ${String(version)} instead of ${MANIFEST_VERSION}`,
    };
  }
  if (!isText(id)) return missing('id');
  if (!isText(name)) return missing('name');
  if (!isText(created)) return missing('created');
  if (!isText(converter)) return missing('converter');
  if (!isText(precision)) return missing('precision');
  if (sourceHash !== undefined && !isText(sourceHash)) return missing('sourceHash');
  if (!Array.isArray(files)) return missing('files');
  const storedFiles: StoredFile[] = [];
  for (const file of files) {
    if (!isStoredFile(file)) return missing(`files[${storedFiles.length}]`);
    storedFiles.push({ name: file.name, bytes: file.bytes });
  }
  const source = sourceHash === undefined ? {} : { sourceHash };
  return {
    ok: true,
    manifest: { version, id, name, created, converter, ...source, precision, files: storedFiles, detail },
  };
}

function missing(field: string): ManifestReading {
  return { ok: false, reason: `the manifest's ${field} is missing or of the wrong kind` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isStoredFile(value: unknown): value is StoredFile {
  if (!isObject(value)) return false;
  const { name, bytes } = value;
  return isText(name) && typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
}
