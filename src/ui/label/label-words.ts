import { fillTemplate, type TemplateSet } from '../../zeroshot/templates';

/** A label's prompts in a template set: "“a photo of a cat.”", "“itap of a cat.” and 6 more". */
export function templateText({ templates: [first = '{}', ...others] }: TemplateSet, label: string): string {
  const worded = `“${fillTemplate(first, label)}”`;
  return others.length > 0 ? `${worded} and ${others.length} more` : worded;
}
