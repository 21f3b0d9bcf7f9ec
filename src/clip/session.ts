import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { Failure, messageOf } from '../core/failure';
import { serial } from '../core/tasks';
import { encodeModel } from '../formats/onnx';

/** The part of onnxruntime-web that a session needs, whichever build it came from. */
export interface OrtModule {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/** Where a tower runs. Only one provider: with two, a fallback would hide which one ran. */
export type Provider = { readonly name: 'wasm' } | { readonly name: 'webgpu'; readonly device: GPUDevice };

/** External data, which the graph refers to by `path`. A Blob is copied into memory while a session is created. */
export interface WeightFile {
  readonly path: string;
  readonly data: Uint8Array<ArrayBuffer> | Blob;
  /** Checks the bytes of a Blob once they are read. @throws ModelDamaged */
  readonly check?: (bytes: ArrayBuffer) => void;
}

/** An input: fp32 or int32 values of shape `dims`; a buffer of the provider's device holds fp32. */
export interface Input {
  readonly data: Float32Array | Int32Array | GPUBuffer;
  readonly dims: readonly number[];
}

/** A loaded graph. */
export interface Session {
  /** Runs the graph and returns its one output. @throws DeviceLost, OutOfMemory */
  run(inputs: Readonly<Record<string, Input>>): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

/** onnxruntime-web allows only one creation or run at a time, across all sessions. */
const queue = serial();

/** A graph without weights, which returns its input. */
const NOTHING = encodeModel({
  opsets: [{ domain: '', version: 20 }],
  graph: {
    name: 'nothing',
    nodes: [{ opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
    inputs: [{ name: 'x', dtype: 'float32', dims: [1] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [1] }],
    initializers: [],
  },
});

/**
 * Fetches and compiles onnxruntime-web's wasm and starts its threads, which the first session would else wait for.
 * @throws BackendUnavailable, OutOfMemory; again whenever it is asked, for onnxruntime-web cannot start twice
 */
export async function startRuntime(ort: OrtModule): Promise<void> {
  const session = await createSession(ort, { name: 'wasm' }, NOTHING, [], []);
  await session.release();
}

/**
 * Creates a session of `graph` on one provider.
 * @param cpuNodes names of nodes to run on the CPU even with a GPU; names not in the graph are ignored
 * @throws OutOfMemory if the weights do not fit, ModelDamaged if they are not as they were kept, BackendUnavailable if
 *   the provider fails
 */
export async function createSession(
  ort: OrtModule,
  provider: Provider,
  graph: Uint8Array<ArrayBuffer>,
  weights: readonly WeightFile[],
  cpuNodes: readonly string[],
): Promise<Session> {
  const { files, letGo } = lend(weights);
  const session = await queue(() =>
    ort.InferenceSession.create(graph, {
      executionProviders: [
        provider.name === 'webgpu' ? { ...provider, forceCpuNodeNames: cpuNodes } : provider,
      ],
      externalData: files,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    }).finally(letGo),
  ).catch((error: unknown) => {
    throw asFailure(error, 'BackendUnavailable');
  });
  const output = session.outputNames[0] ?? '';

  return {
    run: (inputs) =>
      queue(async () => {
        const feeds: Record<string, Tensor> = {};
        for (const [name, { data, dims }] of Object.entries(inputs)) {
          feeds[name] = tensorOf(ort, data, dims);
        }
        const results = await session.run(feeds);
        const result = results[output];
        if (!(result?.data instanceof Float32Array)) throw new TypeError(`The graph's output is not fp32.`);
        return new Float32Array(result.data);
      }).catch((error: unknown) => {
        // A GPU that fails in a loaded graph is as good as lost; on wasm such an error is our bug.
        throw provider.name === 'webgpu' || isOutOfMemory(error) ? asFailure(error, 'DeviceLost') : error;
      }),
    release: () => queue(() => session.release()),
  };
}

function tensorOf({ Tensor }: OrtModule, data: Input['data'], dims: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, dims);
  if (data instanceof Int32Array) return new Tensor('int32', data, dims);
  return Tensor.fromGpuBuffer(data, { dataType: 'float32', dims });
}

/**
 * The files in onnxruntime-web's form, and a function that frees its copies of Blobs.
 *
 * Why free them explicitly: it copies the weights again into its own memory and drops the first copy. The garbage
 * collector sees a gigabyte as one small object and may not free it until long after the next tower has loaded.
 */
function lend(weights: readonly WeightFile[]): { files: WeightFile[]; letGo: () => void } {
  const copies: ArrayBuffer[] = [];
  const files = weights.map(({ path, data, check }) => {
    if (!(data instanceof Blob)) return { path, data };
    const lent = data.slice();
    lent.arrayBuffer = async () => {
      const copy = await data.arrayBuffer();
      copies.push(copy);
      check?.(copy);
      return copy;
    };
    return { path, data: lent };
  });
  return { files, letGo: () => copies.splice(0).forEach(free) };
}

/** Frees a buffer at once by transferring it to a channel without a listener. */
function free(buffer: ArrayBuffer): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [buffer]);
  port1.close();
  port2.close();
}

/** wasm's allocator reports "bad_alloc" or "memory"; JavaScript throws a RangeError. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError || /bad_alloc|out of memory|memory access|allocat/i.test(messageOf(error))
  );
}

function asFailure(error: unknown, otherwise: 'BackendUnavailable' | 'DeviceLost'): Failure {
  if (error instanceof Failure) return error;
  const message = messageOf(error);
  if (isOutOfMemory(error))
    return new Failure('OutOfMemory', 'The model does not fit in memory.', { cause: error });
  return new Failure(otherwise, message, { cause: error });
}
