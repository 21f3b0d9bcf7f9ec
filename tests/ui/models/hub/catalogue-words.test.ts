import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../../workers/api';
import { CATALOGUE, findEntry, type CatalogueEntry } from '../../../../src/clip/catalogue';
import type { DeviceMemory } from '../../../../src/clip/footprint';
import {
  precisionOf,
  requestFor,
  standingOf,
  type Around,
} from '../../../../src/ui/models/hub/catalogue-state';
import {
  accuracySentence,
  COLUMNS,
  costText,
  detailsOf,
  factsOf,
  familyText,
  figureSources,
  nameOf,
  noneText,
  pageOf,
  precisionSentence,
  precisionText,
  presetPrecision,
  remarkOf,
  shortNameOf,
  UNIT_OF_WORK,
  workSentence,
  workText,
} from '../../../../src/ui/models/hub/catalogue-words';
import {
  familiesOf,
  filterEntries,
  suggestFor,
  SUGGESTIONS,
} from '../../../../src/ui/models/hub/suggestions';
import { summary } from '../../fakes';

const WASM: DeviceMemory = { backend: 'wasm' };
/** A device that has room for nothing. */
const TINY: DeviceMemory = { backend: 'wasm', memoryBytes: 2 ** 20 };

function entry(id: string): CatalogueEntry {
  const found = findEntry(id);
  if (!found) throw new Error(`The catalogue has lost ${id}`);
  return found;
}

const small = entry('ViT-B-32:laion2b_s34b_b79k');
const large = entry('ViT-H-14:laion2b_s32b_b79k');
const siglip2 = entry('ViT-B-16-SigLIP2:webli');

describe('what is said of published models', () => {
  it('calls each by OpenCLIP’s own names, none twice', () => {
    expect(nameOf(small)).toBe('ViT-B-32 laion2b_s34b_b79k');
    expect(nameOf({ id: 'ViT-L-14-336-quickgelu:openai' })).toBe('ViT-L-14-336 openai');
    expect(new Set(CATALOGUE.map(nameOf)).size).toBe(CATALOGUE.length);
  });

  it('calls it short, and tells what getting it costs at a speed that it names', () => {
    expect(shortNameOf(small)).toBe('ViT-B/32');
    expect(costText(small)).toBe('605 MB to download, about 8 minutes at 10 Mbit/s');
  });

  it('suggests the one that costs least among those that fit and can be read, and asks for it by name', () => {
    expect(suggestFor(WASM)).toEqual({ entry: small, precision: 'fp16-storage' });
    expect(suggestFor(TINY)).toBeUndefined();
    const hub = {
      source: (repository: string) => ({ kind: 'hub', hub: 'https://hub.example', repository }) as const,
    };
    expect(requestFor(small, 'q8', hub)).toEqual({
      name: nameOf(small),
      source: hub.source(small.repository),
      precision: 'q8',
    });
  });

  it('tells its work against that of ViT-B/32', () => {
    expect(small.image.gflops).toBe(UNIT_OF_WORK.gflops);
    expect(workText(small)).toBe('1 ×');
    expect(workText(entry('ViT-B-32-256:datacomp_s34b_b86k'))).toBe('1.3 ×');
    expect(workText(large)).toBe('38 ×');
    expect(workSentence(large)).toBe('334.6 GFLOPs a picture, 38 × the work of ViT-B/32');
    expect(workSentence(small)).toBe('8.8 GFLOPs a picture, as much as ViT-B/32');
  });

  it('sets what it gains and costs in columns', () => {
    const facts = factsOf(small, 'fp16-storage');
    expect(facts.map(({ text }) => text)).toEqual(['66.6%', '65.4%', '1 ×', '303 MB', '605 MB']);
    for (const one of CATALOGUE) expect(factsOf(one, 'q8')).toHaveLength(COLUMNS.length);
  });

  it('marks a recall at another rank, and leaves out what nobody published', () => {
    expect(factsOf(siglip2, 'fp16-storage')[1]).toEqual({
      term: 'COCO text-to-image R@1',
      text: '52.1%',
      mark: '@1',
    });
    const silent = entry('ViT-SO400M-14-SigLIP2-378:webli');
    expect(factsOf(silent, 'q8').map(({ text }) => text)).toEqual(['–', '–', '76 ×', '1.5 GB', '4.5 GB']);
    expect(detailsOf(silent)).toContainEqual({ term: 'COCO', text: 'Not published' });
  });

  it('tells the cost of each precision', () => {
    expect(precisionText(small, 'fp32', WASM)).toBe('605 MB, 620 MB');
    expect(precisionText(small, 'q8', TINY)).toMatch(/^188 MB, .*: too much here$/);
    expect(precisionSentence(small, 'fp16-storage', { backend: 'webgpu', shaderF16: true })).toBe(
      '303 MB on disk, and 444 MB of GPU memory while it works.',
    );
    expect(presetPrecision(small, WASM)).toBe('fp16-storage');
    expect(presetPrecision(small, TINY)).toBe('q4');
  });

  it('says what a precision costs in accuracy, as it was measured', () => {
    expect(accuracySentence('fp32')).toBe('');
    expect(accuracySentence('fp16-storage')).toBe(
      'On the built-in model every embedding keeps its direction to five decimals.',
    );
    expect(accuracySentence('q4')).toMatch(
      /^On the built-in model every embedding keeps a cosine of at least 0\.\d{2,5} to full precision\.$/,
    );
  });

  it('says once what a family has in common', () => {
    const laion = CATALOGUE.filter(({ family }) => family === 'LAION-2B');
    const siglip = CATALOGUE.filter(({ family }) => family === 'SigLIP');
    expect(familyText(laion)).toBe('English · MIT');
    expect(familyText(siglip)).toBe('English or many languages · Apache-2.0');
    expect(remarkOf(small, 'fp16-storage')).toBe('English · MIT');
    expect(remarkOf(small, 'fp16-storage', laion)).toBe('');
    expect(remarkOf(small, 'q8', laion)).toBe('8 bits a weight');
    expect(remarkOf(entry('ViT-B-16-SigLIP:webli'), 'fp16-storage', siglip)).toBe('');
    expect(remarkOf(entry('ViT-B-16-SigLIP-i18n-256:webli'), 'q4', siglip)).toBe(
      'Many languages · 4 bits a weight',
    );
  });

  it('tells the rest to those who ask', () => {
    expect(detailsOf(small)).toEqual(
      expect.arrayContaining([
        { term: 'Trained on', text: 'LAION-2B (English), 34 billion pairs seen' },
        { term: 'COCO', text: '65.4% at 5, 39.3% at 1, text to image' },
        { term: 'Weights', text: '151 M' },
      ]),
    );
    expect(pageOf(small, 'https://hub.example')).toBe(`https://hub.example/${small.repository}`);
    const file = { repository: 'laion/laws/Model-B-32.pt' };
    expect(pageOf(file, 'https://hub.example')).toBe(
      'https://hub.example/laion/laws/blob/main/Model-B-32.pt',
    );
  });

  it('names where each figure was read, once', () => {
    const titles = figureSources([small, large, siglip2]).map(({ title }) => title);
    expect(titles).toEqual([
      'OpenCLIP, docs/openclip_results.csv',
      'OpenCLIP, docs/openclip_retrieval_results.csv',
      'SigLIP 2',
    ]);
  });
});

describe('which of them are shown', () => {
  const every = { text: '', fitting: false, multilingual: false };

  it('suggests models that can be had, from quick to slow', () => {
    expect(SUGGESTIONS.map(({ title }) => title)).toEqual(['Quick', 'Balanced', 'Accurate', 'Multilingual']);
    expect(SUGGESTIONS.at(-1)?.entry.languages).toBe('multilingual');
  });

  it('finds by every word of a name, a family or a licence', () => {
    const ids = (text: string) => filterEntries({ ...every, text }, WASM).map(({ id }) => id);
    expect(ids('')).toHaveLength(CATALOGUE.length);
    expect(ids(' b/32  LAION-2B ').slice(0, 1)).toEqual([small.id]);
    expect(ids('paper b/32 LAION-2B')).toHaveLength(3);
    expect(ids('vit-b-32 laion2b')).toEqual([small.id]);
    expect(ids('cc-by-nc').every((id) => id.includes('metaclip'))).toBe(true);
    expect(ids('nothing of the sort')).toEqual([]);
  });

  it('leaves out what does not fit and what reads English alone', () => {
    expect(filterEntries({ ...every, fitting: true }, TINY)).toEqual([]);
    expect(filterEntries({ ...every, fitting: true }, WASM)).toContain(large);
    const readers = filterEntries({ ...every, multilingual: true }, WASM);
    expect(readers).toContain(siglip2);
    expect(readers).not.toContain(small);
  });

  it('keeps families together, in the catalogue’s order', () => {
    const families = familiesOf([small, siglip2, large]);
    expect(families).toEqual([
      { name: 'LAION-2B', entries: [small, large] },
      { name: 'SigLIP 2', entries: [siglip2] },
    ]);
  });
});

describe('how a published model stands', () => {
  const around: Around = { device: WASM, models: [], downloads: [], chosen: undefined };
  const kept: ModelSummary = {
    ...summary('b32', 'hub'),
    repository: small.repository.toUpperCase(),
    precision: 'q8',
  };

  function download(repository: string, status: Around['downloads'][number]['status']): Around['downloads'] {
    const source = { kind: 'hub', hub: 'https://hub.example', repository } as const;
    return [{ request: { source, name: 'B', precision: 'q4' }, status }];
  }

  it('is offered in the precision that suits the device', () => {
    expect(precisionOf(small, around)).toBe('fp16-storage');
    expect(precisionOf(small, around, 'q4')).toBe('q4');
    expect(standingOf(small, 'fp16-storage', around)).toEqual({ phase: 'offered' });
  });

  it('is known by its repository when it is here, whatever its case', () => {
    const here = { ...around, models: [summary('tiny'), kept] };
    expect(precisionOf(small, here)).toBe('q8');
    expect(standingOf(small, 'q8', here)).toEqual({ phase: 'kept', id: 'b32', inUse: false });
    expect(standingOf(small, 'q8', { ...here, chosen: 'b32@288x288' })).toMatchObject({ inUse: true });
    expect(standingOf(large, 'q8', here)).toEqual({ phase: 'offered' });
  });

  it('can be had in another precision than the one that is here', () => {
    const here = { ...around, models: [kept] };
    expect(standingOf(small, 'fp16-storage', here)).toEqual({ phase: 'offered' });
  });

  it('says that it is on its way', () => {
    const on = (status: Around['downloads'][number]['status']) => {
      const coming = { ...around, downloads: download(small.repository, status) };
      expect(precisionOf(small, coming)).toBe('q4');
      return standingOf(small, 'q4', coming);
    };
    expect(on({ phase: 'waiting' })).toEqual({ phase: 'arriving', text: 'Waiting' });
    expect(on({ phase: 'downloading', done: 1, total: 2 })).toMatchObject({ text: 'Downloading' });
    expect(on({ phase: 'paused', done: 1, total: 2 })).toMatchObject({ text: 'Paused' });
    expect(on({ phase: 'failed', remedy: 'resume', done: 1, total: 2 })).toMatchObject({ text: 'Stopped' });
  });

  it('says why it cannot be had', () => {
    expect(standingOf(small, 'q4', { ...around, device: TINY })).toMatchObject({
      phase: 'impossible',
      reason: expect.stringContaining('this device has for it') as string,
    });
  });
});

describe('a list without models', () => {
  it('says whether only larger ones would be in it, and where others can be named', () => {
    expect(noneText(0)).toContain('below');
    expect(noneText(1)).toBe('None that fits this device, but 1 larger one.');
    expect(noneText(12)).toBe('None that fits this device, but 12 larger ones.');
  });
});
