import { grouped } from '../../core/digits';
import { refuse } from './tokenizer-file';

/** UTF-16 units that a step may make of a text: a hundred times what is read of one, far more than any step needs. */
const MOST_UNITS = 2 ** 22;

/**
 * Bounds what the steps of a tokenizer make of a text.
 *
 * Why: a step of a file from anywhere may write two letters for each, and thirty such steps would fill the memory long
 * before their time is over.
 * @param units length of the text that `field` makes
 * @throws TokenizerUnsupported
 */
export function requireRoom(units: number, field: string): void {
  if (units <= MOST_UNITS) return;
  throw refuse(field, `makes more than ${grouped(MOST_UNITS)} letters of a text`);
}
