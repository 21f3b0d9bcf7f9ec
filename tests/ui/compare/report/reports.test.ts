import { beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationResult } from '../../../../src/evaluation/results';
import { readReportHtml } from '../../../../src/evaluation/report-html';
import { Records } from '../../../../src/ui/compare/records.svelte';
import { Reports } from '../../../../src/ui/compare/report/reports.svelte';
import { Notices } from '../../../../src/ui/kit/notices.svelte';

const result: EvaluationResult = {
  dataset: 'wds/cifar10',
  model: 'ViT-B-32',
  pretrained: 'laion2b_s34b_b79k',
  task: 'zeroshot_classification',
  metrics: { acc1: 0.9356 },
  language: 'en',
};
const table = { title: 'Cost', head: ['Model', 'A picture'], rows: [['clipscope-s', 4.5]] };

let records: Records;
let notices: Notices;
let saved: { name: string; file: Blob }[];
let reports: Reports;

beforeEach(() => {
  records = new Records();
  notices = new Notices();
  saved = [];
  reports = new Reports({
    records,
    notices,
    today: () => Date.UTC(2026, 10, 30),
    about: [['Browser', 'Chromium 156']],
    handOver: (files) => saved.push(...files),
  });
});

const fileOf = (text: string, name = 'report.html') => new File([text], name);

describe('Records', () => {
  it('keeps the last result of the same model, task and data', () => {
    records.add(result);
    records.add({ ...result, task: 'linear_probe' });
    records.add({ ...result, metrics: { acc1: 0.94 } });
    expect(records.results.map(({ task, metrics }) => [task, metrics['acc1']])).toEqual([
      ['linear_probe', 0.9356],
      ['zeroshot_classification', 0.94],
    ]);
  });
});

describe('Reports', () => {
  it('has none until something is measured', () => {
    expect(reports.shown).toBeUndefined();
    reports.save('html');
    expect(saved).toEqual([]);
  });

  it('saves a page that opens again as it was', async () => {
    records.add(result);
    let tables = [table];
    records.comparedBy(() => tables);
    const before = reports.shown;
    expect(before?.facts).toEqual([
      ['Browser', 'Chromium 156'],
      ['Made', '2026-11-30T00:00:00.000Z'],
    ]);
    reports.save('html');
    const html = await saved[0]!.file.text();
    expect(readReportHtml(html)).toEqual(before);
    tables = [];
    records.add({ ...result, task: 'linear_probe' });
    await reports.open(fileOf(html));
    expect(reports.opened).toEqual({ name: 'report.html', report: before });
    expect(reports.shown).toEqual(before);
    reports.close();
    expect(reports.shown?.tables).toEqual([]);
  });

  it('saves each result as a file of CLIP_benchmark, and all as a table', async () => {
    records.add(result);
    records.add({ ...result, pretrained: '', dataset: 'my pictures' });
    reports.save('json');
    reports.save('csv');
    expect(saved.map(({ name }) => name)).toEqual([
      'wds-cifar10_laion2b_s34b_b79k_ViT-B-32_en_zeroshot_classification.json',
      'my-pictures_ViT-B-32_en_zeroshot_classification.json',
      'results.csv',
    ]);
    expect(JSON.parse(await saved[0]!.file.text())).toEqual(result);
    expect(notices.said).toBe('2 results saved');
  });

  it('says that another page holds none, and goes on showing what it showed', async () => {
    records.add(result);
    await reports.open(fileOf('<html></html>', 'other.html'));
    expect(notices.problems.map(({ name, happened }) => [name, happened])).toEqual([
      ['ReportUnreadable', 'other.html holds no report of Clipscope.'],
    ]);
    expect([reports.opened, reports.shown?.results]).toEqual([undefined, [result]]);
  });

  it('says that a file is gone', async () => {
    const gone = Object.assign(fileOf(''), {
      text: () => Promise.reject(new DOMException('', 'NotFoundError')),
    });
    await reports.open(gone);
    expect(notices.problems.map(({ name }) => name)).toEqual(['FileUnreadable']);
  });
});
