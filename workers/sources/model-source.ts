import type { Architecture } from '../../src/clip/architecture';
import { createTokenizer, type Tokenizer } from '../../src/clip/text/tokenizer';
import { paddingId } from '../../src/clip/padding';
import { countWeights, imageTensors, textTensors } from '../../src/clip/weights/tensors';
import { sharesSpace, type TowerWeights } from '../../src/clip/towers';
import { Failure } from '../../src/core/failure';
import type { ModelSummary } from '../api';

/** A model with everything that is needed to open its towers, wherever it is kept. */
export interface ModelSource {
  readonly summary: ModelSummary;
  readonly architecture: Architecture;
  readonly tokenizer: Tokenizer;
  /** exp(logit_scale). */
  readonly logitScale: number;
  readonly logitBias: number | null;
  readonly image: TowerWeights;
  /** Undefined while it is still being downloaded. */
  readonly text: TowerWeights | undefined;
}

/** What a checkpoint's shapes say in numbers. */
export function summaryOf(
  architecture: Architecture,
): Pick<ModelSummary, 'imageSize' | 'patchSize' | 'embedDim' | 'contextLength' | 'parameters'> {
  const { vision, text } = architecture;
  const [height, width] = vision.patchSize;
  return {
    imageSize: vision.imageSize,
    ...(height === width && { patchSize: width }),
    embedDim: vision.outputDim,
    contextLength: text.contextLength,
    parameters: { image: countWeights(imageTensors(vision)), text: countWeights(textTensors(text)) },
  };
}

/** A checkpoint's tokenizer. @throws TokenizerUnsupported */
export function openTokenizer(architecture: Architecture, json: unknown, config: unknown): Tokenizer {
  const settings = architecture.tokenizer;
  if (settings.unknown.length > 0) {
    throw new Failure(
      'TokenizerUnsupported',
      `tokenizer_kwargs: ${settings.unknown.join(', ')} is not supported.`,
    );
  }
  const tokenizer = createTokenizer(json, {
    contextLength: settings.contextLength,
    clean: settings.clean,
    padId: settings.padding === 'zero' ? 0 : paddingId(json, config),
    stripSeparator: settings.stripSeparator,
  });
  if (tokenizer.vocabSize > architecture.text.vocabSize) {
    throw new Failure(
      'TokenizerUnsupported',
      `tokenizer.json has ${tokenizer.vocabSize} tokens, the text tower ${architecture.text.vocabSize}: they do not belong together.`,
    );
  }
  return tokenizer;
}

/** @throws UnsupportedSetting where pictures and texts would end in different spaces */
export function requireSharedSpace(architecture: Architecture): void {
  if (sharesSpace(architecture)) return;
  const { vision, text } = architecture;
  throw new Failure(
    'UnsupportedSetting',
    `text_cfg.proj_type = "none" is not supported here: pictures end in ${vision.outputDim} numbers and texts in ${text.outputDim}, so they cannot be compared.`,
  );
}
