import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint';
import { nodeRuntime } from '../../src/clip/session-node';
import { openImageTower, openTextTower } from '../../src/clip/towers';
import { memoryFiles, storeTensors, type Precision } from '../../src/clip/weights/weights';
import { largestDifference } from '../../src/core/vectors';
import { bufferSource } from '../../src/formats/byte-source';

const folder = path.resolve('tests/fixtures/zoo/pickle');

interface Case {
  readonly name: string;
  readonly file: string;
  readonly expected?: string;
  readonly refuse_naming?: string;
}

interface Expected {
  readonly pixels: { readonly file: string; readonly shape: readonly number[] };
  readonly token_ids: readonly (readonly number[])[];
  readonly image_embed_norm: readonly (readonly number[])[];
  readonly text_embed_norm: readonly (readonly number[])[];
}

const { cases } = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const read = (file: string) => new Uint8Array(readFileSync(file));

async function open({ file }: Case) {
  const source = bufferSource(read(path.join(folder, file)));
  const config = path.join(folder, path.dirname(file), 'open_clip_config.json');
  return { source, ...(await readCheckpoint(readFileSync(config, 'utf8'), source)) };
}

/** Both towers' embeddings of what is expected, one after the other, and those expected. */
async function embeddings(one: Case, precision: Precision): Promise<readonly [Float32Array, number[]]> {
  const { source, architecture, tensors } = await open(one);
  const towerOf = async (tower: 'image' | 'text') => {
    const { append, files } = memoryFiles(tower);
    return { tensors: await storeTensors(source, tensors[tower], precision, append), files };
  };
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const there = path.join(folder, one.expected!);
  const expected = JSON.parse(readFileSync(there, 'utf8')) as Expected;
  const pixels = new Float32Array(read(path.join(path.dirname(there), expected.pixels.file)).buffer);
  const image = await openImageTower(runtime, architecture.vision, await towerOf('image'));
  const text = await openTextTower(runtime, architecture.text, await towerOf('text'));
  const rows = [
    ...(await image.encode(pixels, expected.pixels.shape[0]!)),
    ...(await text.encode(Int32Array.from(expected.token_ids.flat()), expected.token_ids.length)),
  ];
  await Promise.all([image.release(), text.release()]);
  return [Float32Array.from(rows), [...expected.image_embed_norm.flat(), ...expected.text_embed_norm.flat()]];
}

describe('what torch.save wrote', () => {
  const [good, bad] = [cases.filter((one) => one.expected), cases.filter((one) => !one.expected)];
  expect([good.length, bad.length]).toEqual([6, 4]);

  it.each(good.map((one) => [one.name, one] as const))(
    'gives the embeddings of OpenCLIP: %s',
    async (_, one) => {
      const [rows, expected] = await embeddings(one, 'fp32');
      expect(rows.length).toBe(expected.length);
      expect(largestDifference(rows, expected)).toBeLessThan(2e-5);
    },
  );

  it('is quantised as other files are, its views too', async () => {
    const byName = (name: string) => cases.find((one) => one.name === name)!;
    for (const precision of ['q8', 'fp16-storage'] as const) {
      const [plain] = await embeddings(byName('state-dict'), precision);
      const [views] = await embeddings(byName('views'), precision);
      expect(views).toEqual(plain);
    }
  });

  it.each([
    ['foreign-object', 'TorchFileRefused', 'It names datetime.date, which weights do not need.'],
    ['missing-record', 'TorchFileMalformed', 'It lacks the record data/1,'],
    ['torchscript', 'TorchFileRefused', 'It is a TorchScript archive,'],
    ['parameters', 'TensorMissing', 'The checkpoint has no tensor '],
  ])('is refused for a reason: %s', async (name, failure, message) => {
    const one = bad.find((other) => other.name === name)!;
    await expect(open(one)).rejects.toMatchObject({
      name: failure,
      message: expect.stringContaining(message) as string,
    });
  });
});
