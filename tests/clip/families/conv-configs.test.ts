import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { countWeights } from '../../../src/clip/weights/tensor-shapes';
import { imageTensors, textTensors } from '../../../src/clip/weights/tensors';

interface Published {
  readonly name: string;
  /** Weights of each tower as OpenCLIP builds it. */
  readonly image: number;
  readonly text: number;
  readonly model_cfg: unknown;
}

const { models } = JSON.parse(readFileSync('tests/fixtures/zoo/conv-configs.json', 'utf8')) as {
  models: Published[];
};

test.each(models)("OpenCLIP's $name is read, with as many weights", ({ image, text, model_cfg }) => {
  const architecture = readArchitecture({ model_cfg });
  expect(countWeights(imageTensors(architecture.vision))).toBe(image);
  expect(countWeights(textTensors(architecture.text))).toBe(text);
});
