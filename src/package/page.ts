/** The package's entry for pages. */
import { wrap } from 'comlink';
import { RUNTIME_FILES } from '../clip/session-files';
import type { RuntimeFiles } from '../clip/session-browser';
import { Failure, messageOf } from '../core/failure';
import {
  createModel,
  released,
  type Model,
  type PictureEmbeddings,
  type PictureFailure,
  type PixelPicture,
} from './model';
import type { ModelThread, SentPicture, SentSource } from './page-api';

export type * from './model';

/** A picture: the address of one, a file or blob, or pixels, such as an `ImageData`. */
export type Picture = string | URL | Blob | PixelPicture;

/** The address of a model's folder, as it is on the hub, or its files. */
export type Source = string | URL | Iterable<File>;

export interface OpenOptions {
  /** `auto`, the default: WebGPU where a GPU passes the self-check, else wasm. */
  readonly backend?: 'auto' | 'webgpu' | 'wasm';
  /** Stops opening. */
  readonly signal?: AbortSignal;
}

/**
 * Opens an OpenCLIP checkpoint, or one in transformers' form, in a thread of its own: `open_clip_config.json`,
 * `open_clip_model.safetensors` and `tokenizer.json`. Wasm uses all cores if the page is cross-origin isolated.
 * @throws NetworkFailed, CheckpointIncomplete; what a checkpoint may lack: TensorMissing, UnsupportedSetting,
 *   TokenizerUnsupported …; OutOfMemory; Cancelled by the signal
 * @example
 * import { openModel } from 'clipscope';
 * const model = await openModel('https://example.org/models/ViT-B-32/');
 * console.log(await model.classify(['cat.jpg'], ['cat', 'dog']));
 */
export async function openModel(
  source: Source,
  { backend = 'auto', signal }: OpenOptions = {},
): Promise<Model<Picture>> {
  if (signal?.aborted) throw cancelled();
  const worker = new Worker(new URL('./page-worker.ts', import.meta.url), { type: 'module' });
  const thread = wrap<ModelThread>(worker);
  let end: (why: Failure) => void;
  const ended = new Promise<never>((_resolve, reject) => {
    end = (why) => {
      worker.terminate();
      reject(why);
    };
  });
  // Nobody may be waiting.
  ended.catch(() => undefined);
  worker.addEventListener('error', ({ message }) => {
    end(new Failure('WorkerDied', `The model's thread has ended: ${message || 'its script did not arrive'}`));
  });
  /** A dead thread never answers. */
  const during = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, ended]);
  const stop = () => end(cancelled());
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const opened = await during(thread.open(sent(source), { backend, files: absolute(RUNTIME_FILES) }));
    return createModel<Picture>({
      ...opened,
      encodeImages: (pictures) => during(encodeImages(thread, pictures, opened.dim)),
      encodeTexts: (texts) => during(thread.encodeTexts(texts)),
      release: async () => end(released()),
    });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Fetches those given by address; what cannot be fetched fails alone. */
async function encodeImages(
  thread: Pick<ModelThread, 'encodeImages'>,
  pictures: readonly Picture[],
  dim: number,
): Promise<PictureEmbeddings> {
  const failures: PictureFailure[] = [];
  const there: { readonly index: number; readonly picture: SentPicture }[] = [];
  const loaded = await Promise.all(
    pictures.map(async (picture) => {
      if (typeof picture !== 'string' && !(picture instanceof URL)) return picture;
      return fetchPicture(picture).catch((error: unknown) => ({ message: messageOf(error) }));
    }),
  );
  for (const [index, picture] of loaded.entries()) {
    if ('message' in picture) failures.push({ index, name: 'NetworkFailed', message: picture.message });
    else there.push({ index, picture: picture instanceof Blob ? picture : pixelsOf(picture) });
  }
  const rows = await thread.encodeImages(there.map(({ picture }) => picture));
  failures.push(...rows.failures.map((failure) => ({ ...failure, index: there[failure.index]!.index })));
  const data = new Float32Array(pictures.length * dim);
  for (const [at, { index }] of there.entries()) {
    data.set(rows.data.subarray(at * dim, (at + 1) * dim), index * dim);
  }
  return { count: pictures.length, dim, data, failures: failures.sort((a, b) => a.index - b.index) };
}

async function fetchPicture(address: string | URL): Promise<Blob> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${String(address)} was answered with status ${answer.status}`);
  return answer.blob();
}

/** Without what else an object may have, which might not travel to the thread. */
function pixelsOf({ width, height, data }: PixelPicture): PixelPicture {
  return { width, height, data };
}

function sent(source: Source): SentSource {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    return new Map([...source].map((file) => [file.name, file]));
  }
  const { href } = new URL(source, document.baseURI);
  return href.endsWith('/') ? href : `${href}/`;
}

/** Addresses that hold in the thread too. */
function absolute(files: RuntimeFiles): RuntimeFiles {
  const from = ({ mjs, wasm }: RuntimeFiles['wasm']) => ({
    mjs: new URL(mjs, document.baseURI).href,
    wasm: new URL(wasm, document.baseURI).href,
  });
  return { wasm: from(files.wasm), jspi: from(files.jspi), asyncify: from(files.asyncify) };
}

function cancelled(): Failure {
  return new Failure('Cancelled', 'Opening the model was stopped.');
}
