import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { hasInt8, normBefore } from '../../../src/clip/weights/int8';
import { imageTensors, textTensors } from '../../../src/clip/weights/tensors';

const folders = ['tests/fixtures/towers', 'tests/fixtures/zoo/towers'].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}`),
);

test.each(folders)('the norm before a matrix is one of the tower: %s', (folder) => {
  const config: unknown = JSON.parse(readFileSync(`${folder}/open_clip_config.json`, 'utf8'));
  const { vision, text } = readArchitecture(config);
  for (const tensors of [imageTensors(vision), textTensors(text)]) {
    for (const [name, [, width]] of [...tensors].filter(([one, shape]) => hasInt8(one, shape))) {
      const norm = normBefore(name);
      if (norm !== undefined) expect(tensors.get(`${norm}.weight`), name).toEqual([width]);
    }
  }
});
