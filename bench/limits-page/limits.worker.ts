/** What nothing can be faster than here: matrix products, the browser's decoders, and reading memory. */
import { expose } from 'comlink';
import { createSession } from '../../src/clip/session';
import { browserRuntime } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import { mulberry32 } from '../../src/core/random';
import { encodeModel, type OnnxInitializer, type OnnxNode } from '../../src/formats/onnx';

const RUNS = 5;

/** Blocks of a transformer whose matrices are multiplied: their weights do not fit into a cache. */
const BLOCKS = 4;

const bench = {
  /**
   * Milliseconds of one thread for each file, on average: decoded by `createImageBitmap`; by `ImageDecoder` whole; and
   * by it at the smallest n/8 of which the shorter side has at least `least` pixels.
   */
  async decode(
    files: readonly File[],
    least: number,
  ): Promise<Record<'bitmap' | 'whole' | 'scaled', number>> {
    const sums = { bitmap: 0, whole: 0, scaled: 0 };
    for (const file of files) {
      const data = await file.arrayBuffer();
      let [width, height] = [0, 0];
      sums.bitmap += await timed(async () => {
        const bitmap = await createImageBitmap(file);
        [width, height] = [bitmap.width, bitmap.height];
        bitmap.close();
      });
      const eighths = Math.min(8, Math.ceil((8 * least) / Math.min(width, height)));
      const decoded = async (desired: Partial<ImageDecoderInit>) => {
        const decoder = new ImageDecoder({ data, type: 'image/jpeg', ...desired });
        (await decoder.decode()).image.close();
        decoder.close();
      };
      sums.whole += await timed(() => decoded({}));
      const [desiredWidth, desiredHeight] = [width, height].map((side) => Math.ceil((side * eighths) / 8));
      sums.scaled += await timed(() => decoded({ desiredWidth, desiredHeight } as Partial<ImageDecoderInit>));
    }
    const { bitmap, whole, scaled } = sums;
    return { bitmap: bitmap / files.length, whole: whole / files.length, scaled: scaled / files.length };
  },

  /**
   * Thousand million operations a second, two for each weight, of the matrix products of a transformer `width` wide for
   * `tokens` rows, in fp32 and nothing else, by the page's own runtime and its threads: each run's.
   */
  async products(width: number, tokens: number): Promise<number[]> {
    const { nodes, initializers, data, weights } = blocks(width);
    const graph = encodeModel({
      opsets: [{ domain: '', version: 20 }],
      graph: {
        name: 'products',
        nodes,
        inputs: [{ name: 'x', dtype: 'float32', dims: [tokens, width] }],
        outputs: [{ name: 'y', dtype: 'float32', dims: [tokens, width] }],
        initializers,
      },
    });
    const ort = await browserRuntime('wasm', RUNTIME_FILES);
    const session = await createSession(ort, { name: 'wasm' }, graph, [{ path: 'weights', data }], []);
    const x = { data: new Float32Array(tokens * width).fill(0.5), dims: [tokens, width] };
    const rates: number[] = [];
    for (let run = -1; run < RUNS; run++) {
      const milliseconds = await timed(() => session.run({ x }));
      if (run >= 0) rates.push((2 * weights * tokens) / (milliseconds * 1e6));
    }
    await session.release();
    return rates;
  },

  /** Milliseconds of one thread to read so many bytes once, in each run. */
  async pass(bytes: number): Promise<number[]> {
    const numbers = new Float64Array(Math.ceil(bytes / Float64Array.BYTES_PER_ELEMENT)).fill(1);
    const times: number[] = [];
    for (let run = -RUNS; run < RUNS; run++) {
      const milliseconds = await timed(async () => {
        let [even, odd] = [0, 0];
        for (let i = 0; i < numbers.length; i += 2) {
          even += numbers[i]!;
          odd += numbers[i + 1] ?? 0;
        }
        if (even + odd !== numbers.length) throw new Error('Memory was not read.');
      });
      if (run >= 0) times.push(milliseconds);
    }
    return times;
  },
};
export type LimitsBench = typeof bench;

/** The matrices of `BLOCKS` blocks one after the other: query, key, value, out, up and down. */
function blocks(width: number) {
  const square = [width, width] as const;
  const block = [square, square, square, square, [4 * width, width] as const, [width, 4 * width] as const];
  const shapes = Array.from({ length: BLOCKS }, () => block).flat();
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  let [value, offset] = ['x', 0];
  for (const [at, dims] of shapes.entries()) {
    const length = 4 * dims[0] * dims[1];
    const name = `w${at}`;
    initializers.push({ name, dims, dtype: 'float32', external: { location: 'weights', offset, length } });
    const output = at === shapes.length - 1 ? 'y' : `v${at}`;
    nodes.push({ opType: 'Gemm', inputs: [value, name], outputs: [output], attributes: { transB: 1 } });
    [value, offset] = [output, offset + length];
  }
  const random = mulberry32(1);
  const spread = 2 / Math.sqrt(width);
  const numbers = Float32Array.from({ length: offset / 4 }, () => (random() - 0.5) * spread);
  return { nodes, initializers, data: new Uint8Array(numbers.buffer), weights: numbers.length };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

expose(bench);
