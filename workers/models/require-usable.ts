import { parseJson, type Checkpoint } from '../../src/clip/checkpoint';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { openTokenizer, requireSharedSpace } from '../sources/model-source';

/** Throws what would keep this checkpoint from being used. @throws UnsupportedSetting, TokenizerUnsupported */
export function requireUsable(
  { architecture }: Pick<Checkpoint, 'architecture'>,
  tokenizerText: string,
  tokenizerConfigText: string | undefined,
): void {
  requireSharedSpace(architecture);
  openTokenizer(
    architecture,
    parseJson(tokenizerText, CHECKPOINT_FILES.tokenizer),
    tokenizerConfigText === undefined
      ? undefined
      : parseJson(tokenizerConfigText, CHECKPOINT_FILES.tokenizerConfig),
  );
}
