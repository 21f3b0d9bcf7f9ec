import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { CHECK_TOWERS, familyTowers, type CheckEmbeddings } from '../../src/clip/self-check';
import type { OrtModule } from '../../src/clip/session';
import { nodeRuntime } from '../../src/clip/session-node';
import type { Precision } from '../../src/clip/weights/weights';
import { readModel, readTowers, type ModelSource, type TowerSource } from '../../src/engine/model-source';
import { nodePlatform } from '../../src/engine/platform-node';
import type { GpuPlatform, Platform } from '../../src/engine/platform';
import { deferred } from '../helpers/deferred';
import { bufferSource } from '../../src/formats/byte-source';

export { deferred } from '../helpers/deferred';

/** The bytes of a checkpoint's folder. */
async function checkpointIn(folder: string) {
  const [config, weights] = await Promise.all([
    readFile(path.join(folder, CHECKPOINT_FILES.config), 'utf8'),
    readFile(path.join(folder, CHECKPOINT_FILES.weights)),
  ]);
  return { config, weights: bufferSource(weights) };
}

/** The towers of a checkpoint in `tests/fixtures/towers`. */
export async function fixtureTowers(name: string, precision: Precision = 'fp32'): Promise<TowerSource> {
  return readTowers({ id: name, name, precision }, await checkpointIn(`tests/fixtures/towers/${name}`));
}

/** The built-in model clipscope-s, as it is shipped. */
export async function builtInModel(precision: Precision = 'fp32'): Promise<ModelSource> {
  const folder = 'static/models/clipscope-s';
  const tokenizer = await readFile(path.join(folder, CHECKPOINT_FILES.tokenizer), 'utf8');
  const about = { id: 'clipscope-s', name: 'clipscope-s', precision };
  return readModel(about, { ...(await checkpointIn(folder)), tokenizer });
}

/** What a session of `fakeOrt` computes: every number of every embedding. Of length 1 for clipscope-s. */
export const RIGHT = 1 / Math.sqrt(128);

/** What the fixed towers give on `fakeOrt`, where nothing is wrong. */
export const RIGHT_EMBEDDINGS: CheckEmbeddings = Object.fromEntries(
  [...CHECK_TOWERS, ...familyTowers('eva')].map(({ name, architecture }) => {
    const dim = architecture.kind === 'image' ? architecture.vision.outputDim : architecture.text.outputDim;
    return [name, Array<number>(2 * dim).fill(RIGHT)];
  }),
);

/** Inputs of a run that later parts of a tower give embeddings of. */
const MOST_FAKED = 64;

/** A session that is asked for or run. */
export interface FakeSession {
  /** A fixed tower of the self-check, or one of the model's own. */
  readonly tower: 'check' | 'image' | 'text';
  /** Undefined on wasm. */
  readonly device: GPUDevice | undefined;
}

export interface FakeHooks {
  /** Called before a session is made: what it throws the creation rejects with. */
  create?(session: FakeSession): void;
  /**
   * What a run of `count` inputs fills its embeddings with; `RIGHT` unless given. `count` is 0 in the parts of an image
   * tower after the first.
   */
  run?(session: FakeSession, count: number): number | Promise<number>;
  release?(session: FakeSession): void;
}

/** An onnxruntime-web that computes nothing: each embedding is made of one number. */
export function fakeOrt({ create, run = () => RIGHT, release }: FakeHooks): OrtModule {
  const InferenceSession = {
    create: async (
      _graph: Uint8Array,
      options: {
        executionProviders: [{ name: string; device?: GPUDevice }];
        externalData: [{ path: string }];
      },
    ) => {
      const [{ device }] = options.executionProviders;
      const [prefix] = options.externalData[0].path.split('.');
      // A part of an image tower has a file for each tensor.
      const own = prefix === 'visual' ? 'image' : prefix;
      const tower = own === 'image' || own === 'text' ? own : 'check';
      const session: FakeSession = { tower, device };
      create?.(session);
      return {
        outputNames: ['embeddings'],
        run: async (feeds: Record<string, { dims: readonly number[] }>) => {
          const count = (feeds['pixels'] ?? feeds['ids'])?.dims[0] ?? 0;
          const value = await run(session, count);
          // Of more numbers than any tower here gives; the tower takes the first of them.
          return { embeddings: { data: new Float32Array((count || MOST_FAKED) * 128).fill(value) } };
        },
        release: async () => release?.(session),
      };
    },
  };
  class Tensor {
    readonly dims: readonly number[];
    constructor(_type: string, _data: unknown, dims: readonly number[]) {
      this.dims = dims;
    }
  }
  return { InferenceSession, Tensor } as unknown as OrtModule;
}

/** Node's onnxruntime-web, with wasm wherever a GPU is asked for; it computes what a GPU that is right would. */
export async function ortInPlaceOfGpu(): Promise<OrtModule> {
  const { InferenceSession, Tensor } = await nodeRuntime(1);
  const create = (graph: Uint8Array, options: object) =>
    InferenceSession.create(graph, { ...options, executionProviders: ['wasm'] });
  return { InferenceSession: { create }, Tensor } as unknown as OrtModule;
}

interface FakeAdapter {
  readonly adapter: GPUAdapter;
  /** What was asked of it: "open" with the features of a device, "destroy". */
  readonly log: string[];
  /** The devices that were given. */
  readonly devices: GPUDevice[];
  /** Ends the newest device, as a driver does. */
  lose(message: string): void;
}

export interface AdapterOptions {
  readonly features?: readonly GPUFeatureName[];
  readonly info?: Partial<Record<'description' | 'vendor' | 'architecture', string>>;
  readonly software?: boolean;
  /** Gives no device. */
  readonly dead?: boolean;
}

/** A WebGPU adapter without a GPU behind it; a real one gives one device only, this one any number. */
export function fakeAdapter({
  features = [],
  info,
  software = false,
  dead,
}: AdapterOptions = {}): FakeAdapter {
  const log: string[] = [];
  const devices: GPUDevice[] = [];
  let endNewest: (info: Partial<GPUDeviceLostInfo>) => void = () => undefined;
  const adapter = {
    features: new Set<string>(features),
    info: { description: 'fake GPU', vendor: '', architecture: '', isFallbackAdapter: software, ...info },
    limits: {},
    requestDevice: async ({ requiredFeatures }: { requiredFeatures: string[] }) => {
      log.push(['open', ...requiredFeatures].join(' '));
      if (dead) throw new Error('no device today');
      const { promise: lost, resolve } = deferred<Partial<GPUDeviceLostInfo>>();
      endNewest = resolve;
      const destroy = () => {
        log.push('destroy');
        resolve({ reason: 'destroyed', message: '' });
      };
      const device = { lost, destroy } as unknown as GPUDevice;
      devices.push(device);
      return device;
    },
  } as unknown as GPUAdapter;
  return { adapter, log, devices, lose: (message) => endNewest({ reason: 'unknown', message }) };
}

/** Node with a WebGPU that `gpu` is part of, and `ort` as the runtime of both backends. */
export function gpuPlatform(
  ort: OrtModule,
  adapter: GPUAdapter | undefined,
  gpu: Partial<GpuPlatform> = {},
): Platform & { readonly gpu: GpuPlatform } {
  const keys = new Set<string>();
  return {
    ...nodePlatform(1, 4),
    runtime: async () => ort,
    gpu: {
      findAdapter: async () => adapter,
      expectedEmbeddings: async () => RIGHT_EMBEDDINGS,
      passed: { has: async (key) => keys.has(key), add: async (key) => void keys.add(key) },
      name: 'fake browser 1',
      ...gpu,
    },
  };
}
