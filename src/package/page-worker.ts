/** The thread of a model that another page has opened: decodes pictures and runs the towers. */
import { expose, transfer } from 'comlink';
import expectedEmbeddings from '../clip/self-check.expected.json';
import { browserRuntime, wasmThreads, type RuntimeFiles } from '../clip/session-browser';
import { Failure, messageOf } from '../core/failure';
import { readCheckpointFolder, readTokenizerTexts, type Folder } from '../engine/checkpoint-folder';
import { openEngine, type Engine } from '../engine/engine';
import { readModel, type ModelSource } from '../engine/model-source';
import type { Platform } from '../engine/platform';
import { blobSource } from '../formats/byte-source';
import { findAdapter } from '../gpu/device';
import { decodePicture } from '../image/decode';
import { preprocess, preprocessSource } from '../image/preprocess';
import { encodePictures } from './encode-pictures';
import type { ModelThread, SentPicture, SentSource } from './page-api';

let engine: Engine | undefined;
let model: ModelSource | undefined;

const thread: ModelThread = {
  async open(source, { backend, files }) {
    const folder = typeof source === 'string' ? remoteFolder(source) : givenFolder(source);
    const checkpoint = { ...(await readCheckpointFolder(folder)), ...(await readTokenizerTexts(folder)) };
    model = await readModel({ id: 'model', name: 'model', precision: 'fp32' }, checkpoint);
    engine = await openEngine(model, { backend, arithmetic: 'auto' }, platform(files));
    const { logitScale, logitBias, architecture } = model;
    return { dim: architecture.vision.outputDim, logitScale, logitBias, runsOn: engine.runsOn };
  },
  async encodeImages(pictures) {
    const { preprocess: settings, vision } = required(model).architecture;
    const rows = await encodePictures(
      required(engine),
      settings,
      vision.outputDim,
      pictures,
      async (picture) => {
        if (!(picture instanceof Blob)) {
          return preprocess({ ...picture, channels: 4, kind: 'transparent' }, settings);
        }
        const decoded = await decodePicture(await bytesOf(picture));
        try {
          return preprocessSource(decoded, settings);
        } finally {
          decoded.close();
        }
      },
    );
    return transfer(rows, [rows.data.buffer]);
  },
  async encodeTexts(texts) {
    const rows = await required(engine).encodeTexts(texts);
    return transfer(rows, [rows.data.buffer]);
  },
};

expose(thread);

/** Another page keeps nothing between visits, and has no pictures to judge int8 by: on wasm it runs in full precision. */
function platform(files: RuntimeFiles): Platform {
  const threads = wasmThreads();
  const passed = new Set<string>();
  return {
    runtime: (backend) => browserRuntime(backend, files, threads),
    threads,
    cores: navigator.hardwareConcurrency,
    now: () => performance.now(),
    gpu: {
      findAdapter,
      expectedEmbeddings: async () => expectedEmbeddings,
      passed: {
        has: async (key) => passed.has(key),
        add: async (key) => void passed.add(key),
      },
      name: navigator.userAgent,
    },
  };
}

function givenFolder(files: Extract<SentSource, ReadonlyMap<string, Blob>>): Folder {
  return {
    exists: async (name) => files.has(name),
    async open(name) {
      const file = files.get(name);
      if (file) return blobSource(file);
      throw new Failure('CheckpointIncomplete', `${name} is not among the files that were given.`);
    },
  };
}

/** Each file is fetched once, whole. */
function remoteFolder(address: string): Folder {
  const answers = new Map<string, Promise<Blob | undefined>>();
  const fetched = (name: string) => {
    const answer = answers.get(name) ?? fetchFile(new URL(name, address).href);
    answers.set(name, answer);
    return answer;
  };
  return {
    exists: async (name) => (await fetched(name)) !== undefined,
    async open(name) {
      const file = await fetched(name);
      if (file) return blobSource(file);
      throw new Failure('CheckpointIncomplete', `There is no ${name} at ${address}`);
    },
  };
}

/** undefined: there is no such file. @throws NetworkFailed */
async function fetchFile(url: string): Promise<Blob | undefined> {
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch (error) {
    throw new Failure('NetworkFailed', `${url} could not be fetched: ${messageOf(error)}`, { cause: error });
  }
  // Many hosts answer with their start page for what they do not have.
  const isPage = /^text\/html/i.test(answer.headers.get('content-type') ?? '');
  if (answer.status === 404 || isPage) return undefined;
  if (!answer.ok) throw new Failure('NetworkFailed', `${url} was answered with status ${answer.status}`);
  return answer.blob();
}

/** @throws FileUnreadable */
async function bytesOf(picture: Extract<SentPicture, Blob>): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await picture.arrayBuffer());
  } catch (error) {
    throw new Failure('FileUnreadable', `the file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws ModelNotLoaded */
function required<T>(opened: T | undefined): T {
  if (opened !== undefined) return opened;
  throw new Failure('ModelNotLoaded', 'The model is not open.');
}
