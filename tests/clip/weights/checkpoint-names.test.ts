import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../../src/clip/architecture';
import { checkpointTensor } from '../../../src/clip/weights/checkpoint-names';
import { findTensors, imageTensors, textTensors } from '../../../src/clip/weights/tensors';
import { bufferSource } from '../../../src/formats/byte-source';
import { readSafetensorsHeader } from '../../../src/formats/safetensors';
import { readJson } from '../../../tools/conformance/fixtures';
import { nodeFixtures } from '../../../tools/conformance/node-fixtures';

const fixtures = nodeFixtures(path.resolve('tests/fixtures'), undefined);
const NAMES = ['vit-gelu', 'custom-text', 'vit-clipa', 'layer-scale', 'siglip', 'siglip-so400m'];

async function open(name: string) {
  const folder = `towers/${name}`;
  const architecture = readArchitecture(await readJson(fixtures, `${folder}/open_clip_config.json`));
  const source = bufferSource(await fixtures.bytes(`${folder}/open_clip_model.safetensors`));
  return { architecture, header: await readSafetensorsHeader(source) };
}

describe.each(NAMES)('the tensors of %s', (name) => {
  it('are written under the names and shapes that OpenCLIP wrote', async () => {
    const { architecture, header } = await open(name);
    const written = [
      ...[...imageTensors(architecture.vision)].map(([tensor, shape]) =>
        checkpointTensor(architecture, 'image', tensor, shape),
      ),
      ...[...textTensors(architecture.text)].map(([tensor, shape]) =>
        checkpointTensor(architecture, 'text', tensor, shape),
      ),
    ];
    const expected = [...header.tensors.values()]
      .filter((tensor) => !/^logit_|attn_mask$/.test(tensor.name))
      .map((tensor) => ({ name: tensor.name, shape: tensor.shape }));
    const byName = (left: { name: string }, right: { name: string }) => (left.name < right.name ? -1 : 1);
    expect(written.sort(byName)).toEqual(expected.sort(byName));
  });

  it('are found there, each in the shape that the graphs read', async () => {
    const { architecture, header } = await open(name);
    const { image, text } = findTensors(header, architecture);
    const shapes = (tensors: typeof image) => new Map([...tensors].map(([key, { shape }]) => [key, shape]));
    expect(shapes(image)).toEqual(imageTensors(architecture.vision));
    expect(shapes(text)).toEqual(textTensors(architecture.text));
  });
});

describe('findTensors', () => {
  /** The header of SigLIP's fixture with one tensor taken out or put in. */
  async function changed(change: (tensors: Map<string, unknown>) => void) {
    const { architecture, header } = await open('siglip');
    const tensors = new Map(header.tensors);
    change(tensors);
    return () => findTensors({ ...header, tensors }, architecture);
  }

  it('names what is missing as the checkpoint would', async () => {
    const find = await changed((tensors) => tensors.delete('visual.trunk.attn_pool.latent'));
    expect(find).toThrow(expect.objectContaining({ name: 'TensorMissing' }));
    expect(find).toThrow('no tensor visual.trunk.attn_pool.latent (1 x 1 x 48)');
  });

  it('names a shape that does not fit', async () => {
    const positions = 'visual.trunk.pos_embed';
    const find = await changed((tensors) =>
      tensors.set(positions, { name: positions, dtype: 'F32', shape: [1, 25, 48], start: 0, end: 0 }),
    );
    expect(find).toThrow(expect.objectContaining({ name: 'TensorMismatch' }));
    expect(find).toThrow('visual.trunk.pos_embed is 1 x 25 x 48; the config asks for 1 x 16 x 48.');
  });

  it('refuses a tensor that nothing would read', async () => {
    const find = await changed((tensors) =>
      tensors.set('visual.trunk.norm_pre.weight', { name: 'visual.trunk.norm_pre.weight', shape: [48] }),
    );
    expect(find).toThrow(expect.objectContaining({ name: 'TensorUnexpected' }));
  });

  it('takes the classic layout where the config asks for CustomTextCLIP, as OpenCLIP does', async () => {
    const { architecture, header } = await open('vit-gelu');
    const found = findTensors(header, { ...architecture, customText: true });
    expect(found.text.get('ln_final.weight')?.name).toBe('ln_final.weight');
  });
});
