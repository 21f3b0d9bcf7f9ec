/** What every use of a compute shader needs. */
import { Failure, messageOf } from '../core/failure';

/**
 * Compiles a shader with one entry point.
 * @param what its work, as the subject of a message: "the index"
 * @throws BackendUnavailable if the device rejects it
 */
export async function computePipeline(
  device: GPUDevice,
  what: string,
  code: string,
  constants: Readonly<Record<string, number>>,
  entryPoint?: string,
): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label: what, code });
  const compute = { module, constants, ...(entryPoint !== undefined && { entryPoint }) };
  return device
    .createComputePipelineAsync({ label: what, layout: 'auto', compute })
    .catch((error: unknown) => {
      const message = `The GPU does not take the shader of ${what}: ${messageOf(error)}`;
      throw new Failure('BackendUnavailable', message, { cause: error });
    });
}

/**
 * Runs `work` and waits until the device has accepted it.
 *
 * Why wait: a buffer that could not be allocated silently reads as zeros, which would pass for a result.
 * @param what as in `computePipeline`
 * @throws OutOfMemory, BackendUnavailable, DeviceLost
 */
export async function accepted<T>(device: GPUDevice, what: string, work: () => T): Promise<T> {
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  const result = work();
  const scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
  const [full, wrong] = await scopes.catch((error: unknown) => {
    throw new Failure('DeviceLost', `The GPU stopped: ${messageOf(error)}`, { cause: error });
  });
  if (full) throw new Failure('OutOfMemory', `The GPU has no room for ${what}: ${full.message}`);
  if (wrong) throw new Failure('BackendUnavailable', `The GPU does not compute ${what}: ${wrong.message}`);
  return result;
}

/** The bytes of a buffer with the usage COPY_SRC. @throws as `accepted`, or OperationError if the device is lost */
export async function readBack(
  device: GPUDevice,
  buffer: GPUBuffer,
  bytes = buffer.size,
): Promise<ArrayBuffer> {
  const copy = await accepted(device, 'the results', () => {
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const staging = device.createBuffer({ label: 'results', size: bytes, usage: MAP_READ | COPY_DST });
    const encoder = device.createCommandEncoder({ label: 'results' });
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    return staging;
  });
  try {
    await copy.mapAsync(GPUMapMode.READ);
    return copy.getMappedRange().slice(0);
  } finally {
    copy.destroy();
  }
}
