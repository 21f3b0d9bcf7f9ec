import { failureName, messageOf, type FailureName } from '../../core/failure';
import { WorkerDeath, type WorkerKind } from './worker-death';

/** A failure in a person's words: one sentence on what happened, one on what to do. */
export interface Described {
  readonly happened: string;
  readonly todo: string;
}

interface Wording {
  /** Replaces the failure's own message where that would not help a person. */
  readonly happened?: string;
  readonly todo: string;
}

const SAME_REPOSITORY = 'Take all three files from one repository on the hub, then open the folder again.';
const RELOAD = 'Reload the page and try again.';
const TRY_ANOTHER = 'Choose another model in the model picker.';

const WORDING: Readonly<Record<FailureName, Wording>> = {
  CheckpointIncomplete: {
    todo: 'Open a folder that holds open_clip_config.json or config.json, the weights (.safetensors, .bin, .pt) and tokenizer.json.',
  },
  ConfigUnreadable: { todo: 'Download the config again, then open the folder again.' },
  UnsupportedSetting: { todo: 'Choose another checkpoint: the plain ViT models of OpenCLIP all work.' },
  SafetensorsMalformed: { todo: 'Download the file of weights again: it is damaged or cut short.' },
  TorchFileRefused: {
    todo: 'Take a file of the weights alone, as torch.save(model.state_dict(), …) writes it, or safetensors.',
  },
  TorchFileMalformed: { todo: 'Get the file of weights again: it is damaged or cut short.' },
  TensorMissing: { todo: SAME_REPOSITORY },
  TensorUnexpected: { todo: SAME_REPOSITORY },
  TensorMismatch: { todo: SAME_REPOSITORY },
  WeightsUnusable: {
    todo: 'Get the checkpoint again from where it came: its numbers are damaged, or its training went wrong.',
  },
  TokenizerUnsupported: { todo: 'Use the tokenizer.json from the model’s own repository.' },
  ModelUnknown: { todo: TRY_ANOTHER },
  ModelNotLoaded: { happened: 'No model is loaded.', todo: TRY_ANOTHER },
  ModelDamaged: { todo: 'Delete the model in Storage and add it again.' },
  ModelTooLarge: { todo: 'Choose a smaller model, or a smaller picture size or precision of this one.' },
  TowerMissing: { todo: 'Wait until the rest of this model is here: pictures are indexed meanwhile.' },
  ArchitectureUnclear: { todo: 'Open the weights together with their open_clip_config.json.' },
  TokenizerMissing: { todo: 'Choose the tokenizer.json from the model’s own repository.' },
  StorageFull: { todo: 'Delete a model you do not need or free some disk space, then try again.' },
  StorageUnavailable: { todo: 'Leave private browsing or allow this site to keep data, then try again.' },
  StorageBusy: { todo: 'Wait until the other tab has finished, then try again.' },
  PageInsecure: { todo: 'Open this page by https, or on its own machine as localhost.' },
  StorageUnsupported: {
    todo: 'Update the browser or use another one, so that photos stay for the next visit.',
  },
  LibraryNewer: {
    happened:
      'A newer version of Clipscope keeps your photos on this device, and this older one cannot read them: what you add now lasts only as long as this tab.',
    todo: 'Reload the page, and take the new version if one is offered: your photos are as they were.',
  },
  FileUnreadable: { todo: 'Choose the file again: it was changed, moved or removed meanwhile.' },
  IndexUnreadable: { todo: 'Index your pictures again: that takes a while, and nothing else is lost.' },
  BackendUnavailable: {
    todo: 'Under “Run on” in the model picker, choose the fastest or the other backend.',
  },
  SelfCheckFailed: { todo: 'Use WASM on this device, or update the browser and the graphics driver.' },
  DeviceLost: {
    happened: 'The graphics device stopped answering.',
    todo: 'Start the model again: everything already indexed is kept.',
  },
  WorkerDied: { todo: RELOAD },
  OutOfMemory: { todo: 'Choose a smaller model or close other tabs, then try again.' },
  NetworkFailed: { todo: 'Check the connection, then try again.' },
  Offline: {
    happened: 'This device is offline.',
    todo: 'Downloads go on when there is a network again. Models kept on this device work without one.',
  },
  CorsRefused: { todo: 'Ask whoever runs that server to allow other pages (CORS), or use another address.' },
  HostNotAllowed: { todo: 'Reload the page, which lets models come from there, then try again.' },
  HubForbidden: {
    todo: 'This page cannot sign in for you. Accept the model’s terms on the hub, download its files there while signed in, and open them under “Your own checkpoint”.',
  },
  HubNotFound: {
    todo: 'Check the spelling of owner/name and the revision. If it is private, download its files where you are signed in, and open them under “Your own checkpoint”.',
  },
  HubBusy: { todo: 'Wait a minute, then resume: what has arrived is kept.' },
  HubUnreadable: { todo: 'Check the address: it may be no hub, or no folder of a checkpoint.' },
  RevisionChanged: { todo: 'Start the download again: it will take the new revision.' },
  HashMismatch: { todo: 'The file was deleted. Download it again; if this comes back, use another address.' },
  PictureEmpty: { todo: 'Copy the picture again from where it came.' },
  PictureUnreadable: {
    todo: 'Get the file anew if it is damaged, or save it as JPEG, PNG or WebP, then add it again.',
  },
  PictureTooLarge: { todo: 'Save a smaller copy of the picture, then add it again.' },
  PictureTooComplex: { todo: 'Save the drawing as PNG, then add it again.' },
  DataSetUnclear: {
    todo: 'Take a folder per class, pictures with one file of captions, or a data set in tars with its nshards.txt.',
  },
  DataSetIncomplete: { todo: 'Get what is missing from where the data set came from, then open it again.' },
  DataSetMalformed: { todo: 'Mend this file or get it again, then go on: what was measured is kept.' },
  EmbeddingsUnclear: {
    todo: 'Take a folder as clip-retrieval makes it (img_emb and metadata), or Parquet files with a column of embeddings.',
  },
  EmbeddingsMalformed: {
    todo: 'Write this file again, as float16 or float32 rows, or get it again from where it came.',
  },
  EmbeddingsMismatch: { todo: 'Choose the model that made these embeddings in the model picker.' },
  ReportUnreadable: { todo: 'Choose a page that was saved here with “Save report”.' },
  CameraDenied: {
    todo: 'Allow the camera for this page in the browser’s site settings, beside the address, then press “Camera” again.',
  },
  CameraMissing: { todo: 'Connect a camera, or choose another one, then press “Camera” again.' },
  CameraBusy: { todo: 'Close other programs and pages that use the camera, then press “Camera” again.' },
  CameraLost: { todo: 'Connect it again, then press “Camera” again.' },
  LabelSetUnreadable: {
    todo: 'Open a file saved here with “Save as a file”, a text with one label a line, or a link that was copied whole.',
  },
  LabelSetNewer: { todo: 'Reload the page, take the new version if one is offered, then open it again.' },
  Cancelled: { happened: 'You cancelled this.', todo: 'Start it again when you like.' },
};

/** What to do once a worker has died; its failure says itself what happened. */
const AFTER_DEATH: Readonly<Record<WorkerKind, string>> = {
  clip: 'Start it again: everything already indexed is kept.',
  library: 'Try again: whatever was kept on this device is still there.',
  models: 'Try again: what a download had stored is kept.',
  image: 'Add the picture again, or a smaller copy of it.',
  evaluation: 'Start the measurement again: photos and models are as they were.',
  exchange: 'Open the embeddings again: photos and models are as they were.',
};

function afterDeath({ worker, heldUp }: WorkerDeath): string {
  return heldUp?.by === 'tokenizer'
    ? 'Choose another model, or add this one with the tokenizer.json it came with.'
    : AFTER_DEATH[worker];
}

/** `error` in a person's words, whatever was thrown. */
export function describe(error: unknown): Described {
  const name = failureName(error);
  const wording: Wording = name ? WORDING[name] : isOverflow(error) ? OVERFLOW : { todo: RELOAD };
  const todo = error instanceof WorkerDeath ? afterDeath(error) : wording.todo;
  return { happened: sentence(shortened(wording.happened ?? messageOf(error))), todo };
}

/** What to say where a browser gives up: its own words ("Invalid typed array length") help nobody. */
const OVERFLOW: Wording = {
  happened: 'This is larger, or nested deeper, than the browser can handle.',
  todo: 'Choose a smaller file or model, or close other tabs, then try again.',
};

function isOverflow(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RangeError' || error.name === 'InternalError');
}

/** Characters of a message that are shown: a file that is quoted in it must not fill the page. */
const LONGEST = 300;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text;
}

/** `text` with a full stop, and a capital unless it begins with the name of a file, a folder or a setting. */
export function sentence(text: string): string {
  const trimmed = text.trim() || 'Something went wrong';
  const begun = /^[a-z]+(?![\w./-])/.test(trimmed)
    ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
    : trimmed;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
