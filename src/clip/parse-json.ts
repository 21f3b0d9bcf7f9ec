import { Failure, messageOf } from '../core/failure';

/** Far above any such file: what is nested deeper overflows the stack of whoever walks through it. */
const DEEPEST = 100;

/** @throws ConfigUnreadable naming `file` */
export function parseJson(text: string, file: string): unknown {
  if (depthOf(text) > DEEPEST) {
    throw new Failure('ConfigUnreadable', `${file} is nested deeper than ${DEEPEST} levels.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure('ConfigUnreadable', `${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** How deep the lists and objects of a JSON text are nested, without parsing it; any number if it is not JSON. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = text.indexOf('"', at + 1);
      while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
      if (at < 0) break;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      deepest = Math.max(deepest, ++depth);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return deepest;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

function isEscaped(text: string, quote: number): boolean {
  let start = quote;
  while (text.charCodeAt(start - 1) === BACKSLASH) start--;
  return (quote - start) % 2 === 1;
}
