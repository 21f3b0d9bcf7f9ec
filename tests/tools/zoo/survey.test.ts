import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replaceMarked } from '../../../tools/evaluation/cards';
import published from '../../../tools/zoo/published.json';
import { refusalOf, surveyTable, surveyTags } from '../../../tools/zoo/survey';

describe("the survey of OpenCLIP's pretrained tags", () => {
  it('is what the README shows', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(replaceMarked(readme, 'zoo', surveyTable(surveyTags()))).toBe(readme);
  });

  it('finds in each architecture that is read the tensors that OpenCLIP builds, by name and shape', () => {
    const others = surveyTags().filter(({ refusal }) => refusal?.includes('other tensors'));
    expect(others).toEqual([]);
  });

  it('tells a tower with other tensors, and one that is not read', () => {
    const { image, text, model_cfg } = published.architectures['ViT-B-32'];
    expect(refusalOf({ image, text, model_cfg }, {})).toBeUndefined();
    expect(refusalOf({ image: text, text, model_cfg }, {})).toBe('Its image tower has other tensors.');
    expect(refusalOf({ image, text: image, model_cfg }, {})).toBe('Its text tower has other tensors.');
    expect(refusalOf({ image, text, model_cfg: { ...model_cfg, audio_cfg: {} } }, {})).toContain('audio_cfg');
  });

  it('tells a model with a table that no browser holds in one piece', () => {
    const large = surveyTags().filter(({ refusal }) => refusal?.includes('more than a browser holds'));
    expect(large.map(({ name }) => name)).toEqual([
      'ViT-bigG-14-worldwide:metaclip2_worldwide',
      'ViT-bigG-14-worldwide-378:metaclip2_worldwide',
    ]);
  });

  it('counts copies of the same weights for QuickGELU once', () => {
    const names = surveyTags().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThan(published.tags.length);
    expect(names.filter((name) => name === 'ViT-B-32:openai')).toHaveLength(1);
  });
});
