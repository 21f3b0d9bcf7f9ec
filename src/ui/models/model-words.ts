import type { Backend, Decoding, LoadOptions, ModelSummary, Progress, RunsOn } from '../../../workers/api';
import type { Former } from './current-model';
import type { ModelStatus } from './model-status';
import { bytesText, countText, weightsText } from '../kit/words';

export const BACKEND_NAMES: Readonly<Record<Backend, string>> = { webgpu: 'WebGPU', wasm: 'WASM' };

/** How photos are read for a model. */
export const DECODING_NAMES: Readonly<Record<Decoding, string>> = {
  exact: 'exactly',
  scaled: 'as finely as needed',
};

/** Storage precision of weights. */
export type Precision = ModelSummary['precision'];

export const PRECISION_NAMES: Readonly<Record<Precision, string>> = {
  fp32: 'Full precision (fp32)',
  'fp16-storage': 'Half precision (fp16)',
  q8: '8 bits a weight',
  q4: '4 bits a weight',
};

/**
 * "WebGPU (NVIDIA …, half precision)", "WASM (2 threads, 8-bit arithmetic, cosine 0.9998 to full precision on samples)",
 * "WASM (2 threads): this GPU failed the self-check".
 */
export function runsOnText({ backend, device, arithmetic, leastCosine, reason }: RunsOn): string {
  // Rounded down, so that what is told is kept.
  const kept =
    leastCosine === undefined
      ? ''
      : `, cosine ${(Math.floor(leastCosine * 1e4) / 1e4).toFixed(4)} to full precision on samples`;
  const how = { fp32: '', fp16: 'half precision', int8: `8-bit arithmetic${kept}` }[arithmetic];
  const about = [device, how].filter(Boolean).join(', ');
  return `${BACKEND_NAMES[backend]}${about ? ` (${about})` : ''}${reason ? `: ${reason}` : ''}`;
}

/** What the chosen arithmetic brings, and what another choice costs: rows of one kind alone are kept. */
export function arithmeticHint(arithmetic: LoadOptions['arithmetic']): string {
  const kind =
    arithmetic === 'fp32'
      ? 'Computes as OpenCLIP does, and takes longer.'
      : 'Checked with sample pictures and texts to give nearly the same, and faster.';
  return `${kind} Another choice embeds all photos again.`;
}

/** The same of how photos are read. */
export function decodingHint(decoding: Decoding): string {
  return decoding === 'exact'
    ? 'Large JPEGs are read whole, as OpenCLIP does. Photos read the fast way before are read again.'
    : 'Large JPEGs are read at a smaller size, which hardly changes results: cosine 0.9999 and more. “Exactly” reads those photos again.';
}

/** "ViT-B-32 ready on WebGPU (…)", "Loading ViT-B-32", "No model is loaded". */
export function statusText(status: ModelStatus): string {
  if (status.phase === 'ready') {
    return `${status.loaded.summary.name} ready on ${runsOnText(status.loaded.runsOn)}`;
  }
  return status.phase === 'loading' ? `Loading ${status.name}` : 'No model is loaded';
}

/** "224 px", "384 × 224 px" (width first). */
export function imageSizeText([height, width]: readonly [height: number, width: number]): string {
  return height === width ? `${width} px` : `${width} × ${height} px`;
}

/** As a clause; empty for full precision. */
const KEPT_AS: Readonly<Record<Precision, string>> = {
  fp32: '',
  'fp16-storage': ', half precision',
  q8: ', 8-bit weights',
  q4: ', 4-bit weights',
};

/** The sizes of a model in one line: "224 px · 151 M weights · 303 MB, half precision". */
export function modelText({ imageSize, parameters, bytes, precision }: ModelSummary): string {
  const weights = weightsText(parameters.image + parameters.text);
  return `${imageSizeText(imageSize)} · ${weights} weights · ${bytesText(bytes)}${KEPT_AS[precision]}`;
}

/** Where a model came from: "From laion/CLIP-ViT-B-32-laion2B-s34B-b79K". */
export function originText({ origin, repository }: ModelSummary): string {
  if (origin === 'built-in') return 'Comes with this page';
  return repository === undefined ? 'Opened on this device' : `From ${repository}`;
}

const STAGES: Readonly<Record<Progress['stage'], string>> = {
  reading: 'Reading the model',
  downloading: 'Downloading',
  verifying: 'Checking the files',
  storing: 'Keeping a copy on this device',
  compiling: 'Getting the model ready',
  checking: 'Checking that it works here',
};

/** "Reading the model · 3.1 MB of 5.7 MB". */
export function progressText(progress: Progress | undefined): string {
  if (!progress) return 'Starting';
  const stage = STAGES[progress.stage];
  if (progress.total <= 1) return stage;
  const inBytes = progress.total >= 100_000;
  const amount = inBytes ? bytesText : countText;
  return `${stage} · ${amount(progress.done)} of ${amount(progress.total)}`;
}

/** "Results of clipscope-s, until clipscope-l has looked at the photos". */
export function formerText(what: 'Results' | 'Labels', { of, until }: Former): string {
  if (until === undefined) return `${what} of ${of}`;
  // The same model with pictures of another size.
  const whose = until === of ? 'from before' : `of ${of}`;
  return `${what} ${whose}, until ${until} has looked at the photos`;
}

/** Shown where texts must wait for the rest of a model. */
export function textTowerText({ name }: Pick<ModelSummary, 'name'>): string {
  return `You can search by words once the rest of ${name} is here.`;
}

export function openingText(name: string): string {
  return `Results come as soon as ${name} is ready. Until then all photos are here.`;
}

/** Where a cut text ends, in characters. */
const TAIL = 32;

/** What a model leaves out of texts that are too long for it; undefined if nothing. @param what "What you search for" */
export function cutText(what: string, cut: ReadonlyMap<string, string>): string | undefined {
  const [read] = cut.values();
  if (read === undefined) return undefined;
  const letters = Array.from(read);
  const end = letters
    .slice(-TAIL)
    .join('')
    .replace(/^\S*\s+/, '');
  const tail = letters.length > TAIL ? `… ${end}` : read;
  const others = cut.size > 1 ? ` The same is true of ${countText(cut.size - 1)} more.` : '';
  return `${what} is longer than this model reads: what follows “${tail}” is left out.${others}`;
}
