import { describe, expect, it } from 'vitest';
import type { EvaluationResult } from '../../../../src/evaluation/results';
import type { FetchRequest, SavedFile } from '../../../../workers/models-api';
import trained from '../../../../training/results/law.json' with { type: 'json' };
import { lawsOf } from '../../../../src/ui/compare/scaling/laws';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import { Records } from '../../../../src/ui/compare/records.svelte';
import { pointsOf, SETS } from '../../../../src/ui/compare/scaling/points';
import { Scaling } from '../../../../src/ui/compare/scaling/scaling.svelte';
import { exponentText, pointText, powerText, savingText } from '../../../../src/ui/compare/scaling/words';

const TIMING = { name: 'My B/32', repository: 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K', milliseconds: 12.34 };
const RESULT: EvaluationResult = {
  ...{ dataset: 'wds/imagenet1k', model: 'ViT-B-32', pretrained: 'laion2b_s34b_b79k' },
  ...{ task: 'zeroshot_classification', metrics: { acc1: 0.66, acc5: null }, language: 'en' },
};
const NOTHING = { timings: [], results: [] };

function scalingView() {
  const files: SavedFile[] = [];
  const records = new Records();
  const notices = new Notices();
  const asked: FetchRequest[] = [];
  const chosen: string[] = [];
  const models = { ready: undefined, backend: undefined, chosen: undefined };
  const scaling = new Scaling({
    handOver: (saved) => files.push(...saved),
    download: (request) => asked.push(request),
    hub: { address: 'https://hub.example', source: (repository) => ({ kind: 'hub', hub: 'h', repository }) },
    models: { ...models, choose: (id: string) => Promise.resolve(void chosen.push(id)) },
    keptModels: { list: [] },
    downloads: { list: [] },
    records,
    notices,
  });
  return { scaling, files, records, notices, asked, chosen };
}

describe('the points', () => {
  it('are 29 models of LAION and 3 of OpenAI in every published data set', () => {
    for (const { id } of SETS.filter((set) => set.id !== 'drawings')) {
      const families = pointsOf(id, NOTHING).map(({ family }) => family);
      expect(families.filter((family) => family === 'OpenCLIP')).toHaveLength(29);
      expect(families.filter((family) => family === 'OpenAI')).toHaveLength(3);
    }
  });

  it('have what this device measured laid over, in its own data set', () => {
    const measured = { timings: [TIMING], results: [RESULT] };
    const points = pointsOf('imagenet1k', measured);
    const [same] = points.filter(
      ({ family, milliseconds }) => family === 'OpenCLIP' && milliseconds === 12.34,
    );
    expect(same).toMatchObject({ model: 'ViT-B-32', data: 'LAION-2B', samplesSeen: 34725395968 });
    const { entry: _, ...rest } = same!;
    expect(points.at(-1)).toEqual({ ...rest, family: 'This device', data: 'measured', error: 1 - 0.66 });
    expect(pointsOf('country211', measured)).toHaveLength(32);
  });

  it('each have a checkpoint to download: the paper’s own, or OpenAI’s', () => {
    const entries = pointsOf('flickr30k', NOTHING).map(({ entry }) => entry);
    expect(new Set(entries.map((entry) => entry?.id)).size).toBe(32);
    const paper = entries.filter((entry) => entry?.repository.startsWith('laion/scaling-laws-openclip/'));
    expect(paper).toHaveLength(29);
    for (const point of pointsOf('imagenet1k', NOTHING)) {
      const { entry } = point;
      expect(entry?.architecture.replace('-quickgelu', '')).toBe(point.model);
      if (point.family === 'OpenCLIP') expect(entry?.accuracy?.imagenetTop1).toBeCloseTo(1 - point.error, 4);
    }
  });

  it('have the time of the paper’s own file too', () => {
    const repository = 'laion/scaling-laws-openclip/Model-B-16_Data-80M_Samples-3B_lr-1e-3_bs-88k.pt';
    const timings = [{ name: 'mine', repository, milliseconds: 5 }];
    const timed = pointsOf('imagenet1k', { timings, results: [] }).filter((point) => point.milliseconds);
    expect(timed).toMatchObject([{ model: 'ViT-B-16', data: 'LAION-80M', samplesSeen: 2560013280 }]);
  });

  it('leave out what is measured in another way, or has no error', () => {
    const results = [
      { ...RESULT, metrics: { mean_average_precision: 0.5 } },
      { ...RESULT, metrics: { acc1: 1 } },
    ];
    expect(pointsOf('imagenet1k', { timings: [], results })).toHaveLength(32);
  });

  it('time the built-in models as they are, not at other budgets', () => {
    const timings = [{ name: 'clipscope-s', repository: undefined, milliseconds: 3 }];
    const timed = pointsOf('drawings', { timings, results: [] }).filter((point) => point.milliseconds);
    expect(timed.map(({ model, samplesSeen }) => [model, samplesSeen])).toEqual([['clipscope-s', 2_097_152]]);
  });
});

describe('the laws', () => {
  it("are the paper's for both families", () => {
    const laws = lawsOf(pointsOf('imagenet1k', { timings: [TIMING], results: [RESULT] }));
    expect(laws.map(({ family }) => family)).toEqual(['OpenCLIP', 'OpenAI']);
    expect(laws.map(({ alpha }) => exponentText(alpha))).toEqual(['−0.111', '−0.164']);
    const [openClip, openAi] = laws;
    expect(openClip!.exponent!.low).toBeLessThan(openClip!.alpha);
    expect(openClip!.exponent!.high).toBeGreaterThan(openClip!.alpha);
    // Three models tell nothing of their spread.
    expect(openAi!.exponent).toBeUndefined();
  });

  it("is that of the training for the built-in models' drawings", () => {
    const [law] = lawsOf(pointsOf('drawings', NOTHING));
    expect(law!.alpha).toBeCloseTo(trained.alpha, 10);
    expect(law!.beta).toBeCloseTo(trained.beta, 9);
  });
});

describe('the view', () => {
  it('hides families and models, from left to right by compute', () => {
    const { scaling } = scalingView();
    expect(scaling.shown).toHaveLength(32);
    expect(scaling.models).toEqual(['ViT-B-32', 'ViT-B-16', 'ViT-L-14', 'ViT-H-14', 'ViT-g-14']);
    scaling.toggle('OpenAI');
    scaling.toggle('ViT-B-32');
    expect(scaling.shown.every(({ family, model }) => family === 'OpenCLIP' && model !== 'ViT-B-32')).toBe(
      true,
    );
    expect(scaling.shownLaws.map(({ family }) => family)).toEqual(['OpenCLIP']);
    const computes = scaling.shown.map(({ compute }) => compute!);
    expect(computes).toEqual(computes.toSorted((a, b) => a - b));
    scaling.toggle('OpenAI');
    expect(scaling.shownLaws).toHaveLength(2);
  });

  it('shows against time what this device has timed, without a law', () => {
    const { scaling, records } = scalingView();
    scaling.against = 'milliseconds';
    expect(scaling.shown).toEqual([]);
    records.timed(TIMING);
    records.timed({ ...TIMING, milliseconds: 20 });
    expect(scaling.shown.map(({ milliseconds }) => milliseconds)).toEqual([12.34]);
    expect(scaling.shown.map(({ model }) => model)).toEqual(['ViT-B-32']);
    expect(scaling.shownLaws).toEqual([]);
  });

  it('saves what is shown as a table, with its laws', async () => {
    const { scaling, files } = scalingView();
    scaling.set = 'vtab+';
    for (const model of scaling.models.slice(0, -1)) scaling.toggle(model);
    scaling.toggle('OpenAI');
    scaling.saveTable();
    const [{ name, file }] = files as [SavedFile];
    expect(name).toBe('scaling-vtab-plus-compute.csv');
    const [heads, point, empty, lawHeads, law] = (await file.text()).split('\r\n');
    expect(heads).toBe('dataset,family,model,trained_on,samples_seen,gmacs,error,milliseconds');
    expect(point).toMatch(/^vtab\+,OpenCLIP,ViT-g-14,LAION-2B,\d+,3549396664594\.8\d*,0\.\d+,$/);
    expect([empty, lawHeads]).toEqual(['', 'dataset,family,fit,alpha,beta,alpha_low,alpha_high']);
    expect(law).toMatch(/^vtab\+,OpenCLIP,"through .*",-0\.0436\d+,1\.56\d+,-0\.\d+,-0\.\d+$/);
  });
});

describe('a picture of the plot', () => {
  it('is saved by the data set and what it is drawn against; one that fails is reported', async () => {
    const { scaling, files, notices } = scalingView();
    scaling.set = 'drawings';
    await scaling.savePicture('png', () => Promise.reject(new Error('The source image cannot be decoded.')));
    expect([notices.problems.length, files]).toEqual([1, []]);
    await scaling.savePicture('svg', () => new Blob(['<svg />']));
    expect(notices.problems).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual(['scaling-drawings-compute.svg']);
  });
});

describe('words', () => {
  it('say what a point is', () => {
    const [point] = pointsOf('imagenet1k', NOTHING);
    expect(pointText(point!)).toBe('ViT-B-32, CLIP-WIT, 13 billion samples: 36.7% wrong, 9.5 · 10¹⁰ GMACs');
    const own = pointsOf('imagenet1k', {
      timings: [TIMING],
      results: [{ ...RESULT, pretrained: 'mine' }],
    }).at(-1);
    expect(pointText({ ...own!, milliseconds: 12.34 })).toBe(
      'ViT-B-32, measured: 34.0% wrong, 12.3 ms a picture here',
    );
  });

  it('say what ten times the compute brings', () => {
    expect(savingText({ alpha: -0.1114 })).toBe('10 times the compute, 23% fewer errors');
    expect(savingText({ alpha: 0.05 })).toBe('10 times the compute, 12% more errors');
  });

  it('name powers of ten alone', () => {
    expect([1e11, 2e11, 1e-2].map(powerText)).toEqual(['10¹¹', '', '10⁻²']);
  });
});

describe('what is drawn', () => {
  it('can be downloaded, in the order in which it is drawn', () => {
    const { scaling, asked } = scalingView();
    scaling.toggle('OpenAI');
    expect(scaling.entries).toHaveLength(29);
    expect(scaling.entries.map(({ architecture }) => architecture).at(-1)).toBe('ViT-H-14');
    const [first] = scaling.entries;
    scaling.download(first!, 'fp16-storage');
    expect(asked).toEqual([
      {
        source: { kind: 'hub', hub: 'h', repository: first!.repository },
        name: 'ViT-B-32 Data-400M_Samples-3B_lr-1e-3_bs-88k',
        precision: 'fp16-storage',
      },
    ]);
    scaling.set = 'drawings';
    expect(scaling.entries).toEqual([]);
  });
});
