/**
 * Writes what int8 arithmetic keeps of the built-in models, judged on the page's sample in Node:
 * `tsx tools/int8-verdicts.ts`. So no visit has to judge them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BUILT_IN_MODELS } from '../src/clip/built-in';
import { CHECKPOINT_FILES } from '../src/clip/checkpoint-files';
import { nodeRuntime } from '../src/clip/session-node';
import type { PreprocessSettings } from '../src/core/preprocess-settings';
import type { Int8Verdict } from '../src/engine/int8-judge';
import { int8Plans } from '../src/engine/int8-plans';
import { readModel } from '../src/engine/model-source';
import type { PictureBatch } from '../src/engine/pictures';
import { bufferSource } from '../src/formats/byte-source';
import { preprocess } from '../src/image/preprocess';
import { SAMPLE_PICTURES } from '../workers/clip/sample-pictures';
import { decodeFile } from '../src/package/node-picture';

/** The sample pictures, as the page prepares them. */
export async function samplePictures(settings: PreprocessSettings): Promise<PictureBatch> {
  const [height, width] = settings.size;
  const pictures = [];
  for (const name of SAMPLE_PICTURES) {
    const picture = await decodeFile(await readFile(path.join('static', name)));
    pictures.push(preprocess(picture, settings));
  }
  return { count: pictures.length, height, width, data: Uint8Array.from(Buffer.concat(pictures)) };
}

/** The verdicts on both towers of each built-in model, by fingerprint. */
export async function judgeBuiltIn(): Promise<Record<string, Int8Verdict>> {
  const runtime = { ort: await nodeRuntime(1), provider: { name: 'wasm' } } as const;
  const found: Record<string, Int8Verdict> = {};
  const verdicts = {
    get: async () => undefined,
    set: async (fingerprint: string, verdict: Int8Verdict) => void (found[fingerprint] = verdict),
  };
  for (const { id, name, folder } of BUILT_IN_MODELS) {
    const read = (file: string) => readFile(path.join('static', folder, file));
    const source = await readModel(
      { id, name, precision: 'fp16-storage' },
      {
        config: (await read(CHECKPOINT_FILES.config)).toString(),
        weights: bufferSource(await read(CHECKPOINT_FILES.weights)),
        tokenizer: (await read(CHECKPOINT_FILES.tokenizer)).toString(),
      },
    );
    const steps = { expect: () => undefined, done: () => undefined };
    await int8Plans(source, runtime, { samplePictures, verdicts }, steps, {});
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const verdicts = await judgeBuiltIn();
  console.table(verdicts);
  await writeFile(
    new URL('../src/engine/int8-verdicts.json', import.meta.url),
    `${JSON.stringify(verdicts, null, 2)}\n`,
  );
}
