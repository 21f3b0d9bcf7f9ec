/**
 * Every way Clipscope can fail, by name. Comlink carries only an error's name and message across a worker's
 * boundary, so the name is the whole contract: the page maps it to a sentence and an action.
 */
export const FAILURE_NAMES = [
  'CheckpointIncomplete',
  'ConfigUnreadable',
  'UnsupportedSetting',
  'SafetensorsMalformed',
  'TorchFileRefused',
  'TorchFileMalformed',
  'TensorMissing',
  'TensorUnexpected',
  'TensorMismatch',
  'WeightsUnusable',
  'TokenizerUnsupported',
  'ModelUnknown',
  'ModelNotLoaded',
  'ModelDamaged',
  'ModelTooLarge',
  'TowerMissing',
  'ArchitectureUnclear',
  'TokenizerMissing',
  'StorageFull',
  'StorageUnavailable',
  'StorageBusy',
  'PageInsecure',
  'StorageUnsupported',
  'LibraryNewer',
  'FileUnreadable',
  'IndexUnreadable',
  'BackendUnavailable',
  'SelfCheckFailed',
  'DeviceLost',
  'WorkerDied',
  'OutOfMemory',
  'NetworkFailed',
  'Offline',
  'CorsRefused',
  'HostNotAllowed',
  'HubForbidden',
  'HubNotFound',
  'HubBusy',
  'HubUnreadable',
  'RevisionChanged',
  'HashMismatch',
  'PictureEmpty',
  'PictureUnreadable',
  'PictureTooLarge',
  'PictureTooComplex',
  'DataSetUnclear',
  'DataSetIncomplete',
  'DataSetMalformed',
  'EmbeddingsUnclear',
  'EmbeddingsMalformed',
  'EmbeddingsMismatch',
  'ReportUnreadable',
  'CameraDenied',
  'CameraMissing',
  'CameraBusy',
  'CameraLost',
  'LabelSetUnreadable',
  'LabelSetNewer',
  'Cancelled',
] as const;

export type FailureName = (typeof FAILURE_NAMES)[number];

/** An expected failure: `name` identifies it, `message` says what happened, with numbers. */
export class Failure extends Error {
  override readonly name: FailureName;

  constructor(name: FailureName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** The failure's name if `error` has one (even after crossing a worker boundary), else undefined. */
export function failureName(error: unknown): FailureName | undefined {
  if (!(error instanceof Error)) return undefined;
  return FAILURE_NAMES.find((name) => name === error.name);
}

/** One sentence for `error`, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
