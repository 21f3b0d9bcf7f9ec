import * as v from 'valibot';
import { PRECISIONS } from '../../src/clip/weights/weights';
import { readAs, recordOf, size } from '../../src/core/schema';

/** Where a checkpoint lies on the network. */
export type RemoteSource = v.InferOutput<typeof remoteSource>;

const remoteSource = v.variant('kind', [
  recordOf({
    kind: v.literal('hub'),
    /** The hub's base address, such as `https://huggingface.co`. */
    hub: v.string(),
    /** `owner/name`. */
    repository: v.string(),
    /** A branch, tag or commit; absent: the default branch. */
    revision: v.exactOptional(v.string()),
  }),
  recordOf({
    kind: v.literal('folder'),
    /**
     * A folder on any server that holds the files of a checkpoint, with a slash at its end; or its file of weights,
     * beside which the others lie.
     */
    url: v.string(),
  }),
]);

/** What is asked for of a checkpoint on the network, as it is remembered from visit to visit. */
export type PlannedRequest = v.InferOutput<typeof plannedRequest>;

const plannedRequest = recordOf({
  source: remoteSource,
  /** Shown in the picker. */
  name: v.string(),
  precision: v.picklist(PRECISIONS),
});

/** The large file of a checkpoint, as it lies on a server. */
export type RemoteWeights = v.InferOutput<typeof remoteWeights>;

const remoteWeights = recordOf({
  url: v.string(),
  byteLength: size,
  /** As hex; only a hub tells it. */
  sha256: v.exactOptional(v.string()),
  /** Git's name of a file that the hub does not keep apart, as hex. */
  gitBlob: v.exactOptional(v.string()),
  /** What a plain server says of the file's version. */
  modified: v.exactOptional(v.string()),
});

/** Plans of another form are not read. */
export const FORM = 1;

/** All that a download needs to go on, on whatever visit: only the bytes of the weights are still to come. */
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

/** Reads a plan back; undefined where it is none. */
export function readPlan(json: unknown): DownloadPlan | undefined {
  return readAs(downloadPlan, json);
}
