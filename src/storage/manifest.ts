import * as v from 'valibot';
import { listOf, recordOf, size, text } from '../core/schema';

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
export type StoredFile = v.InferOutput<typeof storedFile>;

const storedFile = recordOf({
  /** Within the model's directory; no folders. */
  name: text,
  bytes: size,
});

/** What a kept model says of itself. */
export type StoredManifest = v.InferOutput<typeof storedManifest>;

const storedManifest = recordOf({
  version: v.literal(MANIFEST_VERSION),
  id: text,
  /** Shown to a person. */
  name: text,
  /** When it was written: ISO 8601, UTC. */
  created: text,
  /** What wrote the weights, with its version. */
  converter: text,
  /** Of the checkpoint it was made from. */
  sourceHash: v.exactOptional(text),
  precision: text,
  /** Everything but the manifest itself. */
  files: listOf(storedFile),
  /** The owner's own data, as it came out of JSON: to be checked by whoever reads it. */
  detail: v.exactOptional(v.unknown()),
});

/** A manifest, or the reason why there is none. */
export type ManifestReading =
  { readonly ok: true; readonly manifest: StoredManifest } | { readonly ok: false; readonly reason: string };

/** Reads the text of a manifest. Never throws. */
export function parseManifest(json: string): ManifestReading {
  const { success, output, issues } = v.safeParse(storedManifest, parseJson(json), { abortEarly: true });
  return success ? { ok: true, manifest: output } : { ok: false, reason: reasonOf(issues[0]) };
}

/** What is wrong with a manifest, told by the first entry that is. */
function reasonOf({ path }: v.InferIssue<typeof storedManifest>): string {
  const [field, item] = path ?? [];
  if (!field || Array.isArray(field.input)) return 'the manifest is not a JSON object';
  if (field.key === 'version') {
    return `the manifest has version ${String(field.value)} instead of ${MANIFEST_VERSION}`;
  }
  const place = item ? `${String(field.key)}[${String(item.key)}]` : String(field.key);
  return `the manifest's ${place} is missing or of the wrong kind`;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
