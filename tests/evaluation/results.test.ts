import { describe, expect, it } from 'vitest';
import { readResults, resultJson, resultsCsv, type EvaluationResult } from '../../src/evaluation/results';

const flickr: EvaluationResult = {
  dataset: 'wds/flickr30k',
  model: 'ViT-B-32',
  pretrained: 'laion2b_s34b_b79k',
  task: 'zeroshot_retrieval',
  metrics: { 'image_retrieval_recall@5': 0.8836, 'text_retrieval_recall@5': 0.963 },
  language: 'en',
  details: { split: 'test', samples: 999, skipped: 1, backend: 'wasm' },
};
const shapes: EvaluationResult = {
  dataset: 'shapes, "plain"',
  model: 'clipscope-s',
  pretrained: '',
  task: 'zeroshot_classification',
  metrics: { acc1: 0.75, acc5: null },
  language: 'en',
};

describe('readResults', () => {
  it('reads back what was written, one or several', () => {
    expect(readResults(resultJson(flickr))).toEqual([flickr]);
    expect(readResults(JSON.stringify([flickr, shapes]))).toEqual([flickr, shapes]);
  });

  it('reads a file as CLIP_benchmark writes it, with NaN', () => {
    const written =
      '{"dataset": "wds/fer2013", "model": "ViT-B-32", "pretrained": "openai", "task": "zeroshot_classification", ' +
      '"metrics": {"acc1": 0.41, "acc5": NaN, "mean_per_class_recall": 0.36}, "language": "en"}';
    expect(readResults(written)?.[0]?.metrics).toEqual({
      acc1: 0.41,
      acc5: null,
      mean_per_class_recall: 0.36,
    });
  });

  it.each(['', '{', '{}', '[1]', JSON.stringify({ ...flickr, metrics: { acc1: 'high' } })])(
    'takes %j for no results',
    (json) => {
      expect(readResults(json)).toBeUndefined();
    },
  );
});

describe('resultsCsv', () => {
  it('has a column for every metric of any result, and quotes what needs it', () => {
    expect(resultsCsv([flickr, shapes])).toBe(
      'dataset,model,pretrained,model_fullname,task,language,samples,skipped,' +
        'image_retrieval_recall@5,text_retrieval_recall@5,acc1,acc5\r\n' +
        'wds/flickr30k,ViT-B-32,laion2b_s34b_b79k,ViT-B-32 laion2b_s34b_b79k,zeroshot_retrieval,en,999,1,0.8836,0.963,,\r\n' +
        '"shapes, ""plain""",clipscope-s,,clipscope-s ,zeroshot_classification,en,,,,,0.75,\r\n',
    );
  });
});
