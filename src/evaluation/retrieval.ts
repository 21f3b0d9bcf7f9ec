import type { Follower } from '../core/slices';
import type { UnitRows } from '../core/unit-rows';
import { Scores } from './scores';
import { standings } from './standings';

/** `image_retrieval_recall@k` and `text_retrieval_recall@k` for each k, by CLIP_benchmark's names, as fractions. */
export type RetrievalMetrics = Readonly<Record<`${'image' | 'text'}_retrieval_recall@${number}`, number>>;

/**
 * Zero-shot retrieval both ways (CLIP_benchmark, `metrics/zeroshot_retrieval.py`): the share of texts whose picture is
 * among the first k, and the share of pictures of which any text is. A picture may have any number of texts; one that
 * has none counts as not found.
 * @param images one row per picture
 * @param texts one row per text
 * @param imageOfText for each text, the index of its picture
 * @throws RangeError if a k is not from 1 to the number of pictures and of texts, if a text has no picture, if the dims
 *   differ, or if a number is not finite; Cancelled
 */
export async function retrieval(
  images: UnitRows,
  texts: UnitRows,
  imageOfText: ArrayLike<number>,
  ks: readonly number[],
  follower: Follower = {},
): Promise<RetrievalMetrics> {
  const fewest = Math.min(images.count, texts.count);
  for (const k of ks) {
    if (!(Number.isInteger(k) && k >= 1 && k <= fewest)) {
      throw new RangeError(`There are no first ${k} of ${images.count} pictures and ${texts.count} texts`);
    }
  }
  for (let text = 0; text < texts.count; text++) {
    const image = imageOfText[text] ?? -1;
    if (!(image >= 0 && image < images.count)) {
      throw new RangeError(`Text ${text} names picture ${image} of ${images.count}`);
    }
  }
  const scores = new Scores(texts, images);
  const { rows, columns } = await standings(scores, imageOfText, Math.max(0, ...ks), follower);
  const share = (count: number, isFound: (query: number) => boolean) => {
    let found = 0;
    for (let query = 0; query < count; query++) if (isFound(query)) found += 1;
    return found / count;
  };
  const metrics: Record<string, number> = {};
  for (const k of ks) {
    metrics[`image_retrieval_recall@${k}`] = share(texts.count, (text) =>
      rows.isAmong(
        text,
        k,
        () => scores.ofRow(text),
        (image) => image === imageOfText[text],
      ),
    );
    metrics[`text_retrieval_recall@${k}`] = share(images.count, (image) =>
      columns.isAmong(
        image,
        k,
        () => scores.ofColumn(image),
        (text) => imageOfText[text] === image,
      ),
    );
  }
  return metrics;
}
