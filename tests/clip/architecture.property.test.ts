import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { parseJson } from '../../src/clip/parse-json';
import { imageTensors, textTensors } from '../../src/clip/weights/tensors';
import { failureName } from '../../src/core/failure';

const TOP = [
  'embed_dim',
  'vision_cfg',
  'text_cfg',
  'quick_gelu',
  'custom_text',
  'multimodal_cfg',
  '__proto__',
];
const STACK = [
  'layers',
  'width',
  'mlp_ratio',
  'ls_init_value',
  'norm_kwargs',
  'act_kwargs',
  'pool_type',
  'qk_norm',
];
const VISION = [
  ...STACK,
  'image_size',
  'head_width',
  'patch_size',
  'no_ln_pre',
  'final_ln_after_pool',
  'timm_pool',
];
const TEXT = [
  ...STACK,
  'context_length',
  'vocab_size',
  'heads',
  'proj_type',
  'proj_bias',
  'pad_id',
  'eos_id',
];
const PREPROCESS = ['mean', 'std', 'interpolation', 'resize_mode', 'fill_color', 'size', 'constructor'];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -2, max: 64 }) },
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.boolean(),
  fc.constantFrom('argmax', 'eos', 'avg', 'tok', 'linear', 'none', 1e300, 2 ** 31 - 1, [32, 48], {
    eps: 1e-6,
  }),
);

/** Settings to lay over a config; mostly one, of the keys that belong there. */
const part = (keys: readonly string[]) =>
  fc.dictionary(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...keys) },
      { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    ),
    value,
    { maxKeys: 2 },
  );

/** A config that would be read, with some keys put over it or taken away. */
const mutated = fc.record({
  top: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, part(TOP)),
  vision: part(VISION),
  text: part(TEXT),
  preprocess: part(PREPROCESS),
  without: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.constantFrom(...TOP, ...VISION, ...TEXT)),
});

it('reads or refuses 10,000 mutated configs by name, and never crashes', () => {
  let read = 0;
  fc.assert(
    fc.property(mutated, ({ top, vision, text, preprocess, without }) => {
      const config = {
        model_cfg: {
          embed_dim: 8,
          vision_cfg: { image_size: 32, layers: 2, width: 16, head_width: 8, patch_size: 8, ...vision },
          text_cfg: { context_length: 8, vocab_size: 20, width: 16, heads: 2, layers: 2, ...text },
          ...top,
        },
        preprocess_cfg: preprocess,
      };
      const json = JSON.stringify(config, (name, entry: unknown) =>
        name !== '' && name === without ? undefined : entry,
      );
      try {
        const architecture = readArchitecture(parseJson(json, 'open_clip_config.json'));
        // A config that asks for a billion layers is read; listing its tensors is for a header that has them.
        const { vision } = architecture;
        if (vision.family !== 'vit' || vision.layers < 100)
          expect(imageTensors(vision).size).toBeGreaterThan(0);
        if (architecture.text.layers < 100) expect(textTensors(architecture.text).size).toBeGreaterThan(0);
        read++;
      } catch (error) {
        expect(['ConfigUnreadable', 'UnsupportedSetting', 'ModelTooLarge']).toContain(failureName(error));
      }
    }),
    { numRuns: 10_000, seed: 1 },
  );
  expect(read).toBeGreaterThan(500);
});
