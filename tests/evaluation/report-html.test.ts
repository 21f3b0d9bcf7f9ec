import { describe, expect, it } from 'vitest';
import { tablesOf, type Report } from '../../src/evaluation/report';
import { readReportHtml, writeReportHtml } from '../../src/evaluation/report-html';

const report: Report = {
  title: 'ViT-B-32 & others on “<b>photos</b>”',
  facts: [['Browser', 'Chromium "156" <stable>']],
  results: [
    {
      dataset: 'wds/</script><script id="clipscope-report">',
      model: 'ViT-B-32',
      pretrained: 'laion2b_s34b_b79k',
      task: 'zeroshot_classification',
      metrics: { acc1: 0.6656, acc5: null },
      language: 'en',
      details: { split: 'test', samples: 99, skipped: 1, backend: 'wasm', runtime: 'Node 20' },
    },
    {
      dataset: 'flickr30k',
      model: 'mine',
      pretrained: '',
      task: 'zeroshot_retrieval',
      metrics: { 'image_retrieval_recall@5': 0.88 },
      language: 'en',
    },
  ],
  tables: [
    {
      title: 'Cost',
      note: 'In milliseconds.',
      head: ['Model', 'A picture'],
      rows: [
        ['clipscope-s</td><script>alert(1)</script>', 4.5],
        ['clipscope-l', null],
      ],
    },
  ],
};

describe('a report', () => {
  const html = writeReportHtml(report);

  it('is read back as it was, whatever stands in it', () => {
    expect(readReportHtml(html)).toEqual(report);
  });

  it('has no element but its own', () => {
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).not.toContain('<b>');
    expect(html).toContain('Chromium &quot;156&quot; &lt;stable&gt;');
  });

  it('sets numbers to the right, and a dash where there is none', () => {
    expect(html).toContain('<th scope="col" class="number">A picture</th>');
    expect(html).toContain('<td class="number">–</td>');
    expect(html).toContain('<th scope="col">Model</th>');
  });

  it.each([
    '',
    '<html></html>',
    '<script type="application/json" id="clipscope-report">{}',
    '<script type="application/json" id="clipscope-report">{"results": []}</script>',
    '<script type="application/json" id="clipscope-report">[1</script>',
    html.replace('"head":["Model","A picture"]', '"head":["Model"]'),
    html.replace('["Browser",', '["Browser","",'),
  ])('is not found in %j', (text) => {
    expect(readReportHtml(text)).toBeUndefined();
  });
});

describe('tablesOf', () => {
  it('has one table for each task, then those on photos', () => {
    const [classification, retrieval, cost] = tablesOf(report);
    expect(classification?.title).toBe('Zero-shot classification');
    expect(classification?.rows).toEqual([
      [
        'wds/</script><script id="clipscope-report">, test',
        'ViT-B-32 laion2b_s34b_b79k',
        0.6656,
        null,
        99,
        1,
        null,
        'wasm, Node 20',
        null,
        null,
      ],
    ]);
    expect(retrieval?.head[2]).toBe('image_retrieval_recall@5');
    expect(cost).toEqual(report.tables[0]);
  });
});
