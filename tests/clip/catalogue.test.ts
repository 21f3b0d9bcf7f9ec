import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/clip/architecture';
import { CATALOGUE, configOf, entryOfRepository, SOURCES } from '../../src/clip/catalogue';
import { modelSizeOf } from '../../src/clip/footprint';

describe('the catalogue', () => {
  it('names each checkpoint once, and a source for all that it says', () => {
    for (const key of ['id', 'name', 'repository'] as const) {
      expect(new Set(CATALOGUE.map((entry) => entry[key])).size).toBe(CATALOGUE.length);
    }
    for (const { sources, training, accuracy, retrieval } of CATALOGUE) {
      const named = [...Object.values(sources), training.source, accuracy?.source, retrieval?.source];
      for (const source of named) if (source !== undefined) expect(SOURCES).toHaveProperty(source);
    }
  });

  it("has the paper's 29 checkpoints, each with the config that its file lacks and weights as counted", () => {
    const paper = CATALOGUE.filter(({ family }) => family === 'Scaling laws paper');
    expect(paper).toHaveLength(29);
    for (const entry of paper) {
      const architecture = readArchitecture(JSON.parse(configOf(entry.repository)!));
      const { image, text } = modelSizeOf(architecture);
      expect([image.parameters, text.parameters]).toEqual([entry.image.parameters, entry.text.parameters]);
      expect(architecture.preprocess).toMatchObject(entry.preprocess);
    }
  });

  it('knows no config of what brings its own, and none of a repository with many files', () => {
    expect(configOf('laion/CLIP-ViT-B-32-laion2B-s34B-b79K')).toBeUndefined();
    expect(configOf('laion/scaling-laws-openclip')).toBeUndefined();
    expect(entryOfRepository('laion/scaling-laws-openclip')).toBeUndefined();
    expect(configOf('nobody/nothing')).toBeUndefined();
  });
});
