import type { Settings } from './settings';

/** Far above any published model: a damaged config must not request a causal mask that exhausts memory. */
const MOST_TOKENS = 8_192;

/** Tokens in a text, including start and end. @throws ConfigUnreadable */
export function readContextLength(settings: Settings): number {
  return settings.integer('context_length', 77, 2, MOST_TOKENS);
}
