import { readArchitecture } from '../../src/clip/architecture';
import { BUILT_IN_MODELS, type BuiltInModel } from '../../src/clip/built-in';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { parseJson } from '../../src/clip/parse-json';
import { Failure } from '../../src/core/failure';
import { shapeOf } from '../../src/engine/model-shape';
import { readModel } from '../../src/engine/model-source';
import { bufferSource } from '../../src/formats/byte-source';
import type { ModelSummary, Progress } from '../api';
import type { FoundModel } from './found-model';

/** Fetches one of the page's own files, by its path relative to the page. */
export type FetchOwn = (path: string) => Promise<Response>;

/** In a build, workers are one folder below the page. */
export const fromPage: FetchOwn = async (path) =>
  fetch(new URL(path, new URL(import.meta.env.DEV ? '/' : '../', self.location.href)));

/** Why fp16: the built-in models are stored in it, and widening them to fp32 on load is exact. */
const PRECISION = 'fp16-storage';

export function findBuiltIn(id: string): BuiltInModel | undefined {
  return BUILT_IN_MODELS.find((model) => model.id === id);
}

/** @throws NetworkFailed */
export async function listBuiltIn(fetchOwn: FetchOwn = fromPage): Promise<ModelSummary[]> {
  return Promise.all(
    BUILT_IN_MODELS.map(async (model) => {
      const config = await fetchFile(fetchOwn, model, CHECKPOINT_FILES.config).then((answer) =>
        answer.text(),
      );
      return summarise(model, config);
    }),
  );
}

/** Fetches a complete built-in model. @throws NetworkFailed, and what a damaged checkpoint throws */
export async function openBuiltIn(
  model: BuiltInModel,
  onProgress: (progress: Progress) => void,
  fetchOwn: FetchOwn = fromPage,
): Promise<FoundModel> {
  const text = (file: string) => fetchFile(fetchOwn, model, file).then((answer) => answer.text());
  const described = text(CHECKPOINT_FILES.config).then((config) => ({
    config,
    summary: summarise(model, config),
  }));
  const read = async (answer: Response) => readBody(answer, (await described).summary.bytes, onProgress);
  const [{ config, summary }, tokenizer, weights] = await Promise.all([
    described,
    text(CHECKPOINT_FILES.tokenizer),
    fetchFile(fetchOwn, model, CHECKPOINT_FILES.weights).then(read),
  ]);
  return { summary, source: await readModel(summary, { config, tokenizer, weights: bufferSource(weights) }) };
}

function summarise(model: BuiltInModel, config: string): ModelSummary {
  const shape = shapeOf(readArchitecture(parseJson(config, CHECKPOINT_FILES.config)));
  const bytes = 2 * (shape.parameters.image + shape.parameters.text);
  return {
    id: model.id,
    name: model.name,
    origin: 'built-in',
    ...shape,
    bytes,
    precision: PRECISION,
    note: model.note,
  };
}

async function fetchFile(fetchOwn: FetchOwn, model: BuiltInModel, file: string): Promise<Response> {
  const answer = await fetchOwn(model.folder + file).catch((error: unknown) => {
    throw new Failure('NetworkFailed', `${model.name}: ${file} could not be fetched.`, { cause: error });
  });
  if (!answer.ok) throw new Failure('NetworkFailed', `${model.name}: ${file} answered ${answer.status}.`);
  return answer;
}

/** @param weights bytes of the parameters: almost all of the file, whose length a compressed response does not tell */
async function readBody(
  answer: Response,
  weights: number,
  onProgress: (progress: Progress) => void,
): Promise<ArrayBuffer> {
  if (answer.body === null) return answer.arrayBuffer();
  const length = answer.headers.has('content-encoding') ? null : answer.headers.get('content-length');
  const total = Number(length ?? weights);
  let done = 0;
  const counted = answer.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        done += chunk.byteLength;
        onProgress({ stage: 'reading', done, total: Math.max(done, total) });
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted).arrayBuffer();
}
