import { decode } from 'fast-png';
import type { Runtime } from '../../src/clip/towers';
import type { Precision } from '../../src/clip/weights/weights';
import type { Tokenizer } from '../../src/clip/text/tokenizer';
import { normalise } from '../../src/image/preprocess';
import { classifierRow, softmax } from '../../src/zeroshot/classifier';
import { openTokenizer } from '../../src/engine/open-tokenizer';
import { fillTemplate } from '../../src/zeroshot/templates';
import { readJson, type Fixtures } from './fixtures';
import { openModel, type Model } from './model';
import { largestDifference } from '../../src/core/vectors';
import { toRows, type CaseResult, type Computed, type ComputedBlock } from './result';
import { readTokenizer } from './tokenizer';
import { describe, distance, isWithin, toleranceFor, type Tolerance } from './tolerance';

interface Block {
  readonly templates: readonly string[];
  readonly class_weights: readonly (readonly number[])[];
  readonly cosine: readonly (readonly number[])[];
  readonly softmax_logit_scale: readonly (readonly number[])[];
}

interface ClassifyFixture {
  readonly tower: string;
  readonly labels: readonly string[];
  /** PNGs after resize and crop. */
  readonly preprocessed: readonly string[];
}

const PATH = 'classify/zeroshot.json';

/** Runs every template set of `classify/zeroshot.json` through the tokenizer and both towers. */
export async function* runClassify(
  fixtures: Fixtures,
  runtime: Runtime,
  precision: Precision,
  computed: Computed,
): AsyncGenerator<CaseResult> {
  if (!(await fixtures.exists(PATH))) return;
  const fixture = await readJson<ClassifyFixture & Record<string, unknown>>(fixtures, PATH);
  const model = await openModel(fixtures, fixture.tower, runtime, precision);
  const tolerance = toleranceFor({ precision, arithmetic: runtime.arithmetic ?? 'fp32' });
  try {
    const tokenizer = await openTokenizer(model.source.architecture, {
      tokenizer: await readTokenizer(fixtures),
    });
    const images = await encodeImages(fixtures, fixture, model);
    for (const [name, value] of Object.entries(fixture)) {
      if (!isBlock(value)) continue;
      const block = await computeBlock(value, fixture.labels, images, model, tokenizer);
      computed.classify[name] = block;
      yield compare(name, block, value, tolerance);
    }
  } finally {
    await model.release();
  }
}

async function encodeImages(fixtures: Fixtures, fixture: ClassifyFixture, model: Model): Promise<number[][]> {
  const { mean, std, size } = model.source.architecture.preprocess;
  const rows: number[][] = [];
  for (const path of fixture.preprocessed) {
    const bytes = Uint8Array.from(decode(await fixtures.bytes(path)).data);
    const pixels = normalise(bytes, 1, size[0], size[1], mean, std);
    rows.push(Array.from(await model.image.encode(pixels, 1)));
  }
  return rows;
}

async function computeBlock(
  block: Block,
  labels: readonly string[],
  images: readonly (readonly number[])[],
  model: Model,
  tokenizer: Tokenizer,
): Promise<ComputedBlock> {
  const weights: Float32Array[] = [];
  for (const label of labels) {
    const texts = block.templates.map((template) => fillTemplate(template, label));
    const data = await model.text.encode(tokenizer.encode(texts), texts.length);
    weights.push(classifierRow(data, model.text.outputDim));
  }
  const cosine = images.map((image) =>
    weights.map((row) => image.reduce((sum, value, at) => sum + value * (row[at] ?? 0), 0)),
  );
  return {
    class_weights: weights.flatMap((row) => toRows(row, row.length)),
    cosine,
    softmax_logit_scale: cosine.map((row) =>
      Array.from(softmax(Float32Array.from(row), model.source.logitScale)),
    ),
  };
}

function compare(name: string, computed: ComputedBlock, expected: Block, tolerance: Tolerance): CaseResult {
  const weights = distance(Float32Array.from(computed.class_weights.flat()), expected.class_weights);
  const cosines = largestDifference(computed.cosine.flat(), expected.cosine.flat());
  const probabilities = largestDifference(
    computed.softmax_logit_scale.flat(),
    expected.softmax_logit_scale.flat(),
  );
  const right =
    isWithin(weights, tolerance) && cosines <= tolerance.score && probabilities <= tolerance.probability;
  return {
    section: 'classify',
    name,
    status: right ? 'passed' : 'failed',
    difference: Math.max(weights.difference, cosines),
    detail: `class weights ${describe(weights)}, softmax ${probabilities.toExponential(1)}`,
  };
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && 'templates' in value && 'class_weights' in value;
}
