import * as v from 'valibot';
import { PRECISIONS } from '../../src/clip/weights/weights';
import { readAs, recordOf, size } from '../../src/core/schema';

/** A checkpoint's location on the network. */
export type RemoteSource = v.InferOutput<typeof remoteSource>;

const remoteSource = v.variant('kind', [
  recordOf({
    kind: v.literal('hub'),
    /** The hub's base URL, such as `https://huggingface.co`. */
    hub: v.string(),
    /** `owner/name`. */
    repository: v.string(),
    /** A branch, tag or commit; absent: the default branch. */
    revision: v.exactOptional(v.string()),
    /** The checkpoint's folder in the repository; absent: its root. */
    folder: v.exactOptional(v.string()),
    /** The name of its file of weights, if that was asked for; absent: the best one there. */
    weights: v.exactOptional(v.string()),
    /** Its `open_clip_config.json`, should the repository have none. */
    config: v.exactOptional(v.string()),
  }),
  recordOf({
    kind: v.literal('folder'),
    /**
     * A checkpoint folder on any server, with a trailing slash; or the weights file itself, with the other files beside
     * it.
     */
    url: v.string(),
  }),
]);

/** A request for a remote checkpoint, as stored between visits. */
export type PlannedRequest = v.InferOutput<typeof plannedRequest>;

const plannedRequest = recordOf({
  source: remoteSource,
  /** Shown in the picker. */
  name: v.string(),
  precision: v.picklist(PRECISIONS),
});

/** A file of weights on a server. */
export type RemoteFile = v.InferOutput<typeof remoteFile>;

const fileEntries = {
  url: v.string(),
  byteLength: size,
  /** As hex; only a hub provides it. */
  sha256: v.exactOptional(v.string()),
  /** Git blob id of a file that is not in LFS, as hex. */
  gitBlob: v.exactOptional(v.string()),
  /** The file's version on a plain server, from its headers. */
  modified: v.exactOptional(v.string()),
};

const remoteFile = recordOf(fileEntries);

/** The weights of a checkpoint on a server: one file, or `parts` one after the other, which that at `url` lists. */
export type RemoteWeights = v.InferOutput<typeof remoteWeights>;

const remoteWeights = recordOf({ ...fileEntries, parts: v.exactOptional(v.array(remoteFile)) });

/** The files that hold the weights, in order. */
export function filesOf(weights: RemoteWeights): readonly RemoteFile[] {
  return weights.parts ?? [weights];
}

/** Format version; plans of any other are ignored. */
export const FORM = 1;

/** Everything needed to resume a download on a later visit, except the weights' bytes. */
export type DownloadPlan = v.InferOutput<typeof downloadPlan>;

const downloadPlan = recordOf({
  form: v.literal(FORM),
  request: plannedRequest,
  commit: v.exactOptional(v.string()),
  licence: v.exactOptional(v.string()),
  weights: remoteWeights,
  config: v.string(),
  tokenizer: v.string(),
  tokenizerConfig: v.exactOptional(v.string()),
});

/** Parses a plan; undefined if it is not valid. */
export function readPlan(json: unknown): DownloadPlan | undefined {
  return readAs(downloadPlan, json);
}
