import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { Failure, messageOf } from '../core/failure';
import { serial } from '../core/tasks';

/** The part of onnxruntime-web that a session needs, whichever build it came from. */
export interface OrtModule {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/** Where a tower runs. One provider at a time: with two, a fallback would hide which one ran. */
export type Provider = { readonly name: 'wasm' } | { readonly name: 'webgpu'; readonly device: GPUDevice };

/** Bytes that the graph refers to by `path`. Of a Blob there is a copy in memory while a session is created. */
export interface WeightFile {
  readonly path: string;
  readonly data: Uint8Array<ArrayBuffer> | Blob;
}

/** An input: fp32 or int32 values of shape `dims`. */
export interface Input {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** One graph, ready to run. */
export interface Session {
  /** Runs the graph and returns its one output. @throws DeviceLost, OutOfMemory */
  run(inputs: Readonly<Record<string, Input>>): Promise<Float32Array<ArrayBuffer>>;
  release(): Promise<void>;
}

/** onnxruntime-web allows neither two creations nor two runs at a time, in any of its sessions. */
const queue = serial();

/**
 * Creates a session of `graph` on one provider.
 * @param cpuNodes names of nodes that a GPU leaves to the CPU; a name that the graph lacks does nothing
 * @throws OutOfMemory where the weights do not fit, BackendUnavailable where the provider refuses
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
          feeds[name] =
            data instanceof Float32Array
              ? new ort.Tensor('float32', data, dims)
              : new ort.Tensor('int32', data, dims);
        }
        const results = await session.run(feeds);
        const result = results[output];
        if (!(result?.data instanceof Float32Array)) throw new TypeError(`The graph's output is not fp32.`);
        return new Float32Array(result.data);
      }).catch((error: unknown) => {
        // A GPU that fails a graph it has run before is as good as lost; on wasm such an error is a mistake of ours.
        throw provider.name === 'webgpu' || isOutOfMemory(error) ? asFailure(error, 'DeviceLost') : error;
      }),
    release: () => queue(() => session.release()),
  };
}

/**
 * The files as onnxruntime-web takes them, and what frees the copies that it made of Blobs.
 *
 * Why by hand: it copies the weights once more into its own memory and drops the first copy, which the collector, to
 * whom a gigabyte is one small object, leaves lying through the next tower's loading and long after.
 */
function lend(weights: readonly WeightFile[]): { files: WeightFile[]; letGo: () => void } {
  const copies: ArrayBuffer[] = [];
  const files = weights.map(({ path, data }) => {
    if (!(data instanceof Blob)) return { path, data };
    const lent = data.slice();
    lent.arrayBuffer = async () => {
      const copy = await data.arrayBuffer();
      copies.push(copy);
      return copy;
    };
    return { path, data: lent };
  });
  return { files, letGo: () => copies.splice(0).forEach(free) };
}

/** Frees a buffer at once: it goes into a channel that nobody listens to. */
function free(buffer: ArrayBuffer): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [buffer]);
  port1.close();
  port2.close();
}

/** wasm's allocator says "bad_alloc" or "memory", JavaScript throws a RangeError. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError || /bad_alloc|out of memory|memory access|allocat/i.test(messageOf(error))
  );
}

function asFailure(error: unknown, otherwise: 'BackendUnavailable' | 'DeviceLost'): Failure {
  const message = messageOf(error);
  if (isOutOfMemory(error))
    return new Failure('OutOfMemory', `The model does not fit in memory: ${message}`, { cause: error });
  return new Failure(otherwise, message, { cause: error });
}
