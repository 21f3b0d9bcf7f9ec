import { createTokenizer } from '../../src/clip/text/tokenizer';
import { messageOf } from '../../src/core/failure';
import { readJson, type Fixtures } from './fixtures';
import type { CaseResult, Computed } from './result';

interface TokenizerFixture {
  readonly context_length: number;
  readonly pad: number;
  readonly strings: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly excused?: string;
  }[];
}

const PATH = 'tokenizer/simple_tokenizer.json';

/** Every string of `tokenizer/simple_tokenizer.json`: equal ids, with special tokens read as in OpenCLIP. */
export async function* runTokenizer(fixtures: Fixtures, computed: Computed): AsyncGenerator<CaseResult> {
  if (!(await fixtures.exists(PATH))) return;
  const fixture = await readJson<TokenizerFixture>(fixtures, PATH);
  const tokenizer = createTokenizer(JSON.parse(await readTokenizer(fixtures)), {
    contextLength: fixture.context_length,
    clean: 'lower',
    padId: fixture.pad,
    stripSeparator: false,
  });
  for (const { text, ids, excused } of fixture.strings) {
    const base = { section: 'tokenizer', name: JSON.stringify(text.slice(0, 60)) } as const;
    try {
      const found = [...tokenizer.encode([text], 'as-openclip')];
      computed.tokenizer.push({ text, ids: found });
      const wrong = Math.max(ids.length, found.length) - ids.filter((id, at) => id === found[at]).length;
      const status = excused !== undefined ? 'excused' : wrong === 0 ? 'passed' : 'failed';
      yield { ...base, status, difference: wrong, ...(wrong === 0 ? {} : { detail: `${wrong} ids differ` }) };
    } catch (error) {
      yield { ...base, status: excused === undefined ? 'failed' : 'excused', detail: messageOf(error) };
    }
  }
}

/** The text of the fixtures' `tokenizer.json`. @throws Error if there is none */
export async function readTokenizer(fixtures: Fixtures): Promise<string> {
  const text = await fixtures.tokenizer();
  if (text === undefined) throw new Error('no tokenizer.json was given; name one with --tokenizer FILE');
  return text;
}
