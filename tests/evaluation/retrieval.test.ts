import { describe, expect, it } from 'vitest';
import { retrieval } from '../../src/evaluation/retrieval';
import { randomRows, rowsAt, rowsOf } from './rows';
import { topK } from '../../src/evaluation/torch-order';
import { dot } from '../../src/core/vectors';
import { rowAt } from '../../src/core/unit-rows';

describe('retrieval', () => {
  it('counts texts by their picture, and pictures by any of their texts', async () => {
    // Scores of the texts with both pictures: .9 and .1, .2 and .8, .3 and .7; the first two belong to the first picture.
    const [images, texts] = [rowsOf(2, 1, 0, 0, 1), rowsOf(2, 0.9, 0.1, 0.2, 0.8, 0.3, 0.7)];
    expect(await retrieval(images, texts, [0, 0, 1], [1, 2])).toEqual({
      'image_retrieval_recall@1': 2 / 3,
      'text_retrieval_recall@1': 1 / 2,
      'image_retrieval_recall@2': 1,
      'text_retrieval_recall@2': 1,
    });
  });

  it('agrees with plain lists on more texts and pictures than one block holds', async () => {
    const [images, texts] = [randomRows(301, 37, 3), randomRows(602, 37, 4)];
    const imageOfText = Array.from({ length: 602 }, (_, text) => (text * 7) % 301);
    const scores = (query: ArrayLike<number>, rows: typeof images) =>
      Float32Array.from({ length: rows.count }, (_, at) => dot(query, rowAt(rows, at)));
    const found = imageOfText.map((image, text) =>
      topK(scores(rowAt(texts, text), images), 5).includes(image),
    );
    const any = Array.from({ length: 301 }, (_, image) =>
      topK(scores(rowAt(images, image), texts), 5).some((text) => imageOfText[text] === image),
    );
    const share = (hits: boolean[]) => hits.filter(Boolean).length / hits.length;
    expect(await retrieval(images, texts, imageOfText, [5])).toEqual({
      'image_retrieval_recall@5': share(found),
      'text_retrieval_recall@5': share(any),
    });
    expect(share(found)).toBeGreaterThan(0);
  });

  it('refuses a k above the candidates, and a text without a picture', async () => {
    const [images, texts] = [rowsAt(0, 90), rowsAt(0, 10, 90)];
    const why = 'There are no first 3 of 2 pictures and 3 texts';
    await expect(retrieval(images, texts, [0, 0, 1], [1, 3])).rejects.toThrow(new RangeError(why));
    await expect(retrieval(images, texts, [0, 0, 2], [1])).rejects.toThrow('Text 2 names picture 2 of 2');
    await expect(retrieval(images, texts, [0, 0], [1])).rejects.toThrow(RangeError);
  });
});
