import * as v from 'valibot';
import { listOf, recordOf, size, text } from '../core/schema';
import { xxh32 } from '../core/xxh32';

/** The file whose presence makes a directory a kept model. */
export const MANIFEST_NAME = 'manifest.json';

/**
 * The manifest of a model still being written, in the same format, with the finished files. It does not make the
 * directory a model, and is removed once the manifest exists.
 */
export const STAGED_NAME = 'staged.json';

/** Format version; a manifest of any other is unusable. */
export const MANIFEST_VERSION = 1;

/** A file of a kept model. */
export type StoredFile = v.InferOutput<typeof storedFile>;

const storedFile = recordOf({
  /** Within the model's directory; no folders. */
  name: text,
  bytes: size,
  /** XXH32 of a file that was written whole; shards are checked tensor by tensor by those who read them. */
  sum: v.exactOptional(size),
});

/** The description of a kept model. */
export type StoredManifest = v.InferOutput<typeof storedManifest>;

const storedManifest = recordOf({
  version: v.literal(MANIFEST_VERSION),
  id: text,
  /** Display name. */
  name: text,
  /** When it was written: ISO 8601, UTC. */
  created: text,
  /** The converter and its version. */
  converter: text,
  /** Hash of the original checkpoint. */
  sourceHash: v.exactOptional(text),
  precision: text,
  /** All files except the manifest. */
  files: listOf(storedFile),
  /** Data of the store's user, as parsed JSON; the reader must validate it. */
  detail: v.exactOptional(v.unknown()),
});

/** A manifest, or the reason it is invalid. */
export type ManifestReading =
  { readonly ok: true; readonly manifest: StoredManifest } | { readonly ok: false; readonly reason: string };

/** What ends a manifest: the XXH32 of all before, closed. Older versions wrote none. */
const SUM = /,"sum":"([0-9a-f]{8})"\}$/;

/** The text of a manifest, with its checksum. */
export function manifestText(manifest: StoredManifest): string {
  const json = JSON.stringify(manifest);
  return `${json.slice(0, -1)},"sum":"${hexSum(json)}"}`;
}

function hexSum(json: string): string {
  return xxh32(new TextEncoder().encode(json)).toString(16).padStart(8, '0');
}

/** Parses a manifest. Never throws. */
export function parseManifest(json: string): ManifestReading {
  const [ending, sum] = SUM.exec(json) ?? [];
  if (ending !== undefined && hexSum(`${json.slice(0, -ending.length)}}`) !== sum) {
    return { ok: false, reason: 'the manifest is not as it was written' };
  }
  const { success, output, issues } = v.safeParse(storedManifest, parseJson(json), { abortEarly: true });
  return success ? { ok: true, manifest: output } : { ok: false, reason: reasonOf(issues[0]) };
}

/** The problem with a manifest, from its first invalid entry. */
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
