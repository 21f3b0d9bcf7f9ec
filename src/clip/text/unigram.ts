import { listOf, type Fields } from './tokenizer-file';

/** A model as the library runs it: a function from words to tokens, and their ids. */
export interface WordModel {
  (words: readonly string[]): readonly string[];
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  readonly unk_token_id: number;
}

/** What a letter that no piece has costs, below the least probable piece (`K_UNK_PENALTY` of the Rust library). */
const UNKNOWN_PENALTY = 10;

/**
 * The `model` of a Unigram tokenizer, of checked structure: of all ways to cut a word into pieces, the one of the largest
 * sum of log probabilities.
 *
 * Why not the library's own: for the 901,629 pieces that MetaCLIP 2 worldwide has its tree of letters, a Map for each,
 * took eight times as long, and 0.9 GB in place of 0.2. A word has few enough parts to look each up by itself.
 */
export function unigramOf(model: Fields): WordModel {
  const pieces = listOf(model['vocab'], 'model.vocab') as readonly (readonly [string, number])[];
  const unknownId = model['unk_id'] as number;
  const ids = new Map<string, number>();
  let [longest, least] = [0, Infinity];
  for (const [id, [piece, score]] of pieces.entries()) {
    ids.set(piece, id);
    longest = Math.max(longest, piece.length);
    least = Math.min(least, score);
  }
  const unknown = pieces[unknownId]?.[0] ?? '';
  const scoreOf = (id: number) => pieces[id]?.[1] ?? least;

  function cut(word: string): string[] {
    const length = word.length;
    // Of the best way to each place: its score, and the piece that it ends with, by start and id.
    const scores = new Float64Array(length + 1).fill(-Infinity);
    const starts = new Int32Array(length + 1);
    const ends = new Int32Array(length + 1);
    scores[0] = 0;
    const offer = (from: number, to: number, score: number, id: number) => {
      // Of equal ways the one that begins first, as in the Rust library.
      if (scores[from]! + score <= scores[to]!) return;
      scores[to] = scores[from]! + score;
      starts[to] = from;
      ends[to] = id;
    };
    for (let from = 0; from < length; from = after(word, from)) {
      const next = after(word, from);
      let isKnown = false;
      for (let to = next; to <= length && to - from <= longest; to = after(word, to)) {
        const id = ids.get(word.slice(from, to));
        if (id !== undefined) {
          offer(from, to, scoreOf(id), id);
          isKnown ||= to === next;
        }
        if (to === length) break;
      }
      if (!isKnown) offer(from, next, least - UNKNOWN_PENALTY, unknownId);
    }
    const tokens: string[] = [];
    for (let at = length, last = -1; at > 0; last = ends[at]!, at = starts[at]!) {
      // Unknown letters beside each other are one token.
      if (ends[at] !== unknownId || last !== unknownId) tokens.push(pieces[ends[at]!]?.[0] ?? unknown);
    }
    return tokens.reverse();
  }

  return Object.assign((words: readonly string[]) => words.flatMap(cut), {
    tokens_to_ids: ids,
    unk_token_id: unknownId,
  });
}

/** The end of the character that begins at `at`. */
function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
