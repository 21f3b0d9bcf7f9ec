/**
 * The beginning of a text that a tokenizer reads, up to a whole word where it has any; all of it if nothing is cut.
 * @param isCut whether the tokenizer leaves out the end of a text
 */
export function readPart(text: string, isCut: (text: string) => boolean): string {
  if (!isCut(text)) return text;
  const words = text.match(/\s*\S+/gu) ?? [];
  // Without spaces, as in Chinese, the whole text is one word.
  const parts = isCut(words[0] ?? '') ? Array.from(words[0] ?? '') : words;
  const beginning = (length: number) => parts.slice(0, length).join('');
  let [read, cut] = [0, 1];
  // Doubled, since far more may be left out than is read.
  while (cut < parts.length && !isCut(beginning(cut))) [read, cut] = [cut, 2 * cut];
  while (cut - read > 1) {
    const middle = (read + cut) >> 1;
    if (isCut(beginning(middle))) cut = middle;
    else read = middle;
  }
  return beginning(read).trim();
}
