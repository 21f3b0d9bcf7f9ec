import { createHash } from 'node:crypto';
import { readArchitecture, type Architecture } from '../../src/clip/architecture';
import { checkpointTensor } from '../../src/clip/weights/checkpoint-names';
import type { TensorShapes } from '../../src/clip/weights/tensor-shapes';
import { imageTensors, textTensors, type Tower } from '../../src/clip/weights/tensors';
import { requireStorable } from '../../src/clip/footprint';
import { messageOf } from '../../src/core/failure';
import published from './published.json';

/** A pretrained tag of OpenCLIP's. */
export interface SurveyedTag {
  /** Architecture and tag, `ViT-B-32:laion2b_s34b_b79k`; copies for QuickGELU count once. */
  readonly name: string;
  /** The kind of model, for people. */
  readonly kind: string;
  /** Why it does not run; undefined if it does. */
  readonly refusal: string | undefined;
}

/** Kinds of models by what their config says, the first that fits. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['CoCa', /"multimodal_cfg"/],
  ['NLLB text towers', /"hf_model_name":"[^"]*nllb/],
  ['RoBERTa and XLM-RoBERTa text towers', /"hf_model_name"/],
  ['ResNet', /"layers":\[/],
  ['ConvNeXt', /"timm_model_name":"convnext/],
  ['EVA01, EVA02', /"timm_model_name":"eva/],
  ['PE-Core', /"timm_model_name":"vit_pe_/],
  ['MobileCLIP, MobileCLIP 2', /"timm_model_name":"(?:fastvit_|vit_base_mci_|vit_large_patch14_clip)/],
  ['ViTamin', /"timm_model_name":"vitamin/],
  ['SigLIP 2 NaFlex', /"timm_model_name":"naflexvit/],
  ['SigLIP, SigLIP 2', /"timm_model_name":"vit_\w+_siglip/],
  ['ViT', /^/],
];

/** An architecture's config, and the digests of its towers' tensors, where known. */
export type Built = Readonly<Partial<Record<Tower, string>>> & { readonly model_cfg: unknown };

const ARCHITECTURES: Readonly<Record<string, Built>> = published.architectures;

/**
 * Every tag, with the refusal of its architecture's real config and preprocessing, or of the tensors: a tag runs if
 * each tower has just the names and shapes that OpenCLIP builds.
 */
export function surveyTags(): SurveyedTag[] {
  const tags = new Map<string, SurveyedTag>();
  for (const { architecture, tag, preprocess_cfg } of published.tags) {
    const name = `${architecture.replace(/-quickgelu$/, '')}:${tag}`;
    const built = ARCHITECTURES[architecture]!;
    const refusal = tags.get(name)?.refusal ?? refusalOf(built, preprocess_cfg);
    const config = JSON.stringify(built.model_cfg);
    const [kind] = KINDS.find(([, pattern]) => pattern.test(config))!;
    tags.set(name, { name, kind, refusal });
  }
  return [...tags.values()];
}

/** Why a tower of this config does not run as OpenCLIP builds it; undefined if it does. */
export function refusalOf(built: Built, preprocess: unknown): string | undefined {
  try {
    const architecture = readArchitecture({ model_cfg: built.model_cfg, preprocess_cfg: preprocess });
    requireStorable(architecture);
    for (const tower of ['image', 'text'] as const) {
      const expected = built[tower];
      if (expected !== undefined && tensorDigest(architecture, tower) !== expected) {
        return `Its ${tower} tower has other tensors.`;
      }
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Of the names and shapes of a tower's tensors in a checkpoint, without `text.`, as `tools/oracles/zoo.py` takes it. */
function tensorDigest(architecture: Architecture, tower: Tower): string {
  const { vision, text } = architecture;
  const shapes: TensorShapes = tower === 'image' ? imageTensors(vision) : textTensors(text);
  const lines = Array.from(shapes, ([name, inGraph]) => {
    const { name: stored, shape } = checkpointTensor({ vision, customText: false }, tower, name, inGraph);
    return `${stored}:${shape.join('x')}`;
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 32);
}

/** How many tags of each kind run, as a table in Markdown. */
export function surveyTable(tags: readonly SurveyedTag[]): string {
  const rows = KINDS.toReversed().flatMap(([kind]) => {
    const all = tags.filter((tag) => tag.kind === kind);
    const run = all.filter(({ refusal }) => refusal === undefined);
    return all.length === 0 ? [] : [`| ${kind} | ${all.length} | ${run.length} |`];
  });
  const run = tags.filter(({ refusal }) => refusal === undefined).length;
  const share = `${((100 * run) / tags.length).toFixed(1)} %`;
  return [
    `Of OpenCLIP's ${tags.length} pretrained tags (release ${published.open_clip}, and two since), **${run} run (${share})**:`,
    '',
    '| kind | tags | run |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}
