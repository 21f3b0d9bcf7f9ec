import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnitRows } from '../../../src/core/unit-rows';
import { isPicture } from '../../../src/datasets/data-files';
import { folderFiles } from '../../../tools/evaluation/dataset-files';
import { evaluate } from '../../../tools/evaluation/evaluate';
import { readOptions, type EvaluateOptions } from '../../../tools/evaluation/evaluate-options';
import { openModel, type EvaluatedModel } from '../../../tools/evaluation/model';
import { golden } from '../../datasets/files';
import { albumDatasets, type DatasetFolder } from '../../helpers/album-datasets';
import { openTestHub } from '../../helpers/hub';
import { WHOLE } from '../../helpers/whole';

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-evaluate-'));
  for (const [name, files] of Object.entries(await albumDatasets())) await save(`wds_${name}`, files);
});
afterAll(() => rm(scratch, { recursive: true }));

async function save(name: string, files: DatasetFolder | ReadonlyMap<string, Uint8Array>): Promise<string> {
  for (const [file, content] of files) {
    await mkdir(path.dirname(path.join(scratch, name, file)), { recursive: true });
    await writeFile(path.join(scratch, name, file), content);
  }
  return path.join(scratch, name);
}

function options(dataset: string, more: readonly string[] = [], model = 'clipscope-s'): EvaluateOptions {
  const given = [
    '--model',
    `static/models/${model}`,
    '--dataset',
    dataset,
    '--keep',
    path.join(scratch, 'kept'),
  ];
  return readOptions([...given, ...more]) as EvaluateOptions;
}

/** Batches of pictures that were asked of a model; a picture goes through its tower once, though several data sets show it. */
let asked = 0;

function remembering(): typeof openModel {
  let opened: EvaluatedModel | undefined;
  const known = new Map<string, Float32Array<ArrayBuffer>>();
  return async (folder) => {
    const model = (opened ??= await openModel(folder));
    return {
      ...model,
      release: async () => undefined,
      async encodePictures(pictures, changes): Promise<UnitRows> {
        asked++;
        const keys = pictures.map(({ data }) => createHash('sha1').update(data).digest('hex'));
        const unknown = pictures.filter((_, at) => !known.has(keys[at]!));
        if (unknown.length > 0) {
          const { dim, data } = await model.encodePictures(unknown, changes);
          const fresh = keys.filter((key) => !known.has(key));
          fresh.forEach((key, at) => known.set(key, data.slice(at * dim, (at + 1) * dim)));
        }
        const found = keys.map((key) => known.get(key)!);
        const dim = found[0]!.length;
        const data = new Float32Array(found.length * dim);
        found.forEach((row, at) => data.set(row, at * dim));
        return { count: found.length, dim, data };
      },
    };
  };
}

const silent = () => undefined;
const openSmall = remembering();

/** The larger ones take half a minute. */
const MODELS = ['clipscope-s', ...(WHOLE ? ['clipscope-m', 'clipscope-l'] : [])];

describe.each(MODELS)('%s', (model) => {
  const open = model === 'clipscope-s' ? openSmall : remembering();

  it.each(['album-backgrounds', 'album-things', 'album-captions'])(
    'reaches on %s what OpenCLIP reaches',
    { timeout: 60_000 },
    async (name) => {
      const dataset = path.join(scratch, `wds_${name}`);
      const { result, skipped } = await evaluate(options(dataset, [], model), silent, open);
      expect(skipped).toEqual([]);
      expect(result).toMatchObject({ dataset: `wds/${name}`, model, pretrained: '', language: 'en' });
      const expected = golden.metrics[model]![name]!;
      expect(Object.keys(result.metrics).sort()).toEqual(Object.keys(expected).sort());
      for (const [metric, value] of Object.entries(expected)) {
        expect(Math.abs(result.metrics[metric]! - value), metric).toBeLessThan(1e-4);
      }
    },
  );
});

it('needs no tower again for what it kept', { timeout: 60_000 }, async () => {
  const before = asked;
  const dataset = path.join(scratch, 'wds_album-backgrounds');
  const lines: string[] = [];
  await evaluate(options(dataset), (line) => lines.push(line), openSmall);
  expect([asked - before, lines]).toEqual([0, []]);
});

it('reads a data set on a hub by ranges, to the same figures', { timeout: 60_000 }, async () => {
  const hub = await openTestHub();
  try {
    await hub.add('datasets/someone/wds_album-backgrounds', path.join(scratch, 'wds_album-backgrounds'));
    const more = ['--hub', hub.url, '--no-keep', '--pretrained', 'drawings', '--name', 'small'];
    const { result } = await evaluate(options('hub:someone/wds_album-backgrounds', more), silent, openSmall);
    const { acc1 = NaN } = golden.metrics['clipscope-s']!['album-backgrounds']!;
    expect(result.metrics['acc1']).toBeCloseTo(acc1, 4);
    expect(result).toMatchObject({
      dataset: 'wds/album-backgrounds',
      model: 'small',
      pretrained: 'drawings',
    });
    const tars = hub.requests.filter(({ path: asked }) => asked.includes('.tar'));
    expect(tars.length).toBeGreaterThanOrEqual(3);
    expect(tars.every(({ range }) => range !== undefined)).toBe(true);
  } finally {
    await hub.close();
  }
});

it('trains a linear probe', { timeout: 60_000 }, async () => {
  const files = (await albumDatasets())['album-backgrounds'];
  const split = (folder: string) =>
    [...files].map(([file, content]) => [file.replace(/^test\//, `${folder}/`), content] as const);
  const dataset = await save('probe', new Map([...split('train'), ...split('test')]));
  const more = ['--task', 'linear_probe', '--epochs', '40', '--batch-size', '16'];
  const { result } = await evaluate(options(dataset, more), silent, openSmall);
  expect(result.task).toBe('linear_probe');
  expect(Object.keys(result.metrics)).toEqual(['lp_acc1', 'lp_acc5', 'lp_mean_per_class_recall']);
  // It was trained on the very pictures that it is asked about.
  expect(result.metrics['lp_acc1']).toBeGreaterThan(0.95);
});

it('leaves out a picture that cannot be read, counts it and tells why', { timeout: 60_000 }, async () => {
  const picture = (name: string) => readFile(path.join('static/album', name));
  const folder = await save(
    'folders',
    new Map([
      ['dog/1.webp', await picture('album-001.webp')],
      ['dog/2.webp', Buffer.from('no picture')],
      ['dog/3.webp', (await picture('album-001.webp')).subarray(0, 3000)],
      ['snail/1.webp', await picture('album-002.webp')],
    ]),
  );
  const { result, skipped } = await evaluate(options(folder), silent, openSmall);
  expect(skipped.map(({ key }) => key)).toEqual(['dog/2.webp', 'dog/3.webp']);
  expect(skipped[0]?.message).toContain('unsupported image format');
  expect(result.details).toMatchObject({ samples: 2, skipped: 2 });
  expect(result.metrics).toEqual({ acc1: 1, acc5: null, mean_per_class_recall: 1 });
});

describe('what cannot be evaluated', () => {
  it('says which task a data set is for', async () => {
    const dataset = path.join(scratch, 'wds_album-captions');
    await expect(evaluate(options(dataset, ['--task', 'linear_probe']), silent)).rejects.toThrow(
      'wds/album-captions is a data set for zeroshot_retrieval, not for linear_probe.',
    );
  });

  it('has another version once a picture has another name, and passes over a link to nothing', async () => {
    const at = await save('changing', new Map([['a/1.jpg', new Uint8Array(1)], ['b/2.jpg', new Uint8Array(1)]])); // prettier-ignore
    await symlink(path.join(at, 'nothing'), path.join(at, 'gone.txt'));
    const version = async () => (await folderFiles(at, isPicture)).version;
    const before = await version();
    expect(await version()).toBe(before);
    await rename(path.join(at, 'a/1.jpg'), path.join(at, 'b/1.jpg'));
    expect(await version()).not.toBe(before);
  });

  it('says that a folder is not there', async () => {
    const refused = evaluate(options(path.join(scratch, 'nowhere')), silent);
    await expect(refused).rejects.toThrow(expect.objectContaining({ name: 'FileUnreadable' }));
  });

  it.each([
    [[], '--model is missing'],
    [['--model', 'm'], '--dataset is missing'],
    [['--model', 'm', '--dataset', 'd', '--task', 'guess'], '--task guess is none of'],
    [['--model', 'm', '--dataset', 'd', '--recall-k', '0'], '--recall-k 0'],
    [['--model', 'm', '--dataset', 'd', '--lr', '-1'], '--lr'],
    [['--unknown'], 'Unknown option'],
  ])('refuses %j', (given, message) => {
    expect(() => readOptions(given)).toThrow(TypeError);
    expect(() => readOptions(given)).toThrow(message);
  });

  it.each([
    ['wds/flickr30k', 'hub:clip-benchmark/wds_flickr30k'],
    ['wds/vtab/cifar10', 'hub:clip-benchmark/wds_vtab-cifar10'],
    ['./wds/flickr30k', './wds/flickr30k'],
    ['hub:me/wds_mine', 'hub:me/wds_mine'],
  ])('takes %s for %s', (given, dataset) => {
    expect(readOptions(['--model', 'm', '--dataset', given])).toMatchObject({ dataset });
  });

  it('keeps nothing unless asked', async () => {
    expect(readOptions(['--model', 'm', '--dataset', 'd', '--no-keep'])).not.toHaveProperty('keep');
    expect(readOptions(['--help'])).toBe('help');
    expect((await readdir(path.join(scratch, 'kept'))).every((name) => name.endsWith('.embeddings'))).toBe(
      true,
    );
  });
});
