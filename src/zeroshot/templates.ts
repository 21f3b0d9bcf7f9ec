/** The sets to choose from. */
export type TemplateSetId = 'none' | 'single' | 'simple' | 'openai';

/** Prompt templates for a label; the embeddings of all prompts are averaged. */
export interface TemplateSet {
  /** Sets with other templates have other ids. */
  readonly id: string;
  /** Name in the picker. */
  readonly title: string;
  readonly source: string;
  /** With `{}` as the placeholder of the label. */
  readonly templates: readonly string[];
}

const PLACE = /\{c?\}/g;

/** `template` with every `{}` or `{c}` replaced by the label. */
export function fillTemplate(template: string, label: string): string {
  return template.replace(PLACE, () => label);
}

/** The label in the longest template of a set, the most of its prompts that a model must read. */
export function longestPrompt({ templates }: TemplateSet, label: string): string {
  const [longest = '{}'] = templates.toSorted((a, b) => b.length - a.length);
  return fillTemplate(longest, label);
}

/** Whether a text has a place for a label, and words around it. */
export function isTemplate(text: string): boolean {
  const words = text.replace(PLACE, '');
  return words !== text && words.trim() !== '';
}

/** A set of the user's own templates. */
export function ownSet(templates: readonly string[]): TemplateSet {
  const title = `Your own (${templates.length})`;
  return { id: `own ${JSON.stringify(templates)}`, title, source: 'the user', templates };
}

const SIMPLE = [
  'itap of a {}.',
  'a bad photo of the {}.',
  'a origami {}.',
  'a photo of the large {}.',
  'a {} in a video game.',
  'art of the {}.',
  'a photo of the small {}.',
];

const OPENAI = [
  'a bad photo of a {}.',
  'a photo of many {}.',
  'a sculpture of a {}.',
  'a photo of the hard to see {}.',
  'a low resolution photo of the {}.',
  'a rendering of a {}.',
  'graffiti of a {}.',
  'a bad photo of the {}.',
  'a cropped photo of the {}.',
  'a tattoo of a {}.',
  'the embroidered {}.',
  'a photo of a hard to see {}.',
  'a bright photo of a {}.',
  'a photo of a clean {}.',
  'a photo of a dirty {}.',
  'a dark photo of the {}.',
  'a drawing of a {}.',
  'a photo of my {}.',
  'the plastic {}.',
  'a photo of the cool {}.',
  'a close-up photo of a {}.',
  'a black and white photo of the {}.',
  'a painting of the {}.',
  'a painting of a {}.',
  'a pixelated photo of the {}.',
  'a sculpture of the {}.',
  'a bright photo of the {}.',
  'a cropped photo of a {}.',
  'a plastic {}.',
  'a photo of the dirty {}.',
  'a jpeg corrupted photo of a {}.',
  'a blurry photo of the {}.',
  'a photo of the {}.',
  'a good photo of the {}.',
  'a rendering of the {}.',
  'a {} in a video game.',
  'a photo of one {}.',
  'a doodle of a {}.',
  'a close-up photo of the {}.',
  'a photo of a {}.',
  'the origami {}.',
  'the {} in a video game.',
  'a sketch of a {}.',
  'a doodle of the {}.',
  'a origami {}.',
  'a low resolution photo of a {}.',
  'the toy {}.',
  'a rendition of the {}.',
  'a photo of the clean {}.',
  'a photo of a large {}.',
  'a rendition of a {}.',
  'a photo of a nice {}.',
  'a photo of a weird {}.',
  'a blurry photo of a {}.',
  'a cartoon {}.',
  'art of a {}.',
  'a sketch of the {}.',
  'a embroidered {}.',
  'a pixelated photo of a {}.',
  'itap of the {}.',
  'a jpeg corrupted photo of the {}.',
  'a good photo of a {}.',
  'a plushie {}.',
  'a photo of the nice {}.',
  'a photo of the small {}.',
  'a photo of the weird {}.',
  'the cartoon {}.',
  'art of the {}.',
  'a drawing of the {}.',
  'a photo of the large {}.',
  'a black and white photo of a {}.',
  'the plushie {}.',
  'a dark photo of a {}.',
  'itap of a {}.',
  'graffiti of the {}.',
  'a toy {}.',
  'itap of my {}.',
  'a photo of a cool {}.',
  'a photo of a small {}.',
  'a tattoo of the {}.',
];

const CLIP = 'openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb';

/** The available sets, shortest first. */
export const TEMPLATE_SETS: readonly (TemplateSet & { readonly id: TemplateSetId })[] = [
  { id: 'none', title: 'No template (labels as typed)', source: 'Clipscope', templates: ['{}'] },
  { id: 'single', title: '1 template', source: CLIP, templates: ['a photo of a {}.'] },
  { id: 'simple', title: '7 templates (simple)', source: CLIP, templates: SIMPLE },
  { id: 'openai', title: '80 templates (OpenAI ImageNet)', source: CLIP, templates: OPENAI },
];

/** The set with this id; the first if there is none. */
export function templateSet(id: string): (typeof TEMPLATE_SETS)[number] {
  return TEMPLATE_SETS.find((set) => set.id === id) ?? TEMPLATE_SETS[0]!;
}
