import type { Settings } from '../config/settings';
import { MOST_LAYERS, requireHeads, type TransformerArchitecture } from '../config/transformer-config';
import { mlpRatio } from '../from-shapes/shapes';

export type Json = Readonly<Record<string, unknown>>;

/** What a model of transformers is in OpenCLIP's terms. */
export interface HfModel {
  /** `model_cfg`. */
  readonly model: Json;
  /** Pixels per side of its pictures. */
  readonly imageSize: number;
}

/** The blocks of a tower, as transformers' configs describe them. */
export type Stack = Omit<TransformerArchitecture, 'layerScale'>;

/** What holds where a config says nothing. */
export interface StackDefaults extends Pick<Stack, 'width' | 'heads' | 'normEpsilon'> {
  /** The name in transformers. */
  readonly activation: string;
}

/** Activations by their names in transformers, of which several are one formula. */
const ACTIVATIONS: ReadonlyMap<unknown, Stack['activation']> = new Map([
  ['quick_gelu', 'quick-gelu'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_pytorch_tanh', 'gelu-tanh'],
  ['gelu_python_tanh', 'gelu-tanh'],
  ['gelu_new', 'gelu-tanh'],
  ['gelu_fast', 'gelu-tanh'],
]);

/** Reads `vision_config` or `text_config`, whose name is `path`. @throws ConfigUnreadable, UnsupportedSetting */
export function readStack(settings: Settings, path: string, defaults: StackDefaults): Stack {
  const width = settings.integer('hidden_size', defaults.width);
  const heads = settings.integer('num_attention_heads', defaults.heads);
  requireHeads(width, heads, path);
  const activation = ACTIVATIONS.get(settings.raw('hidden_act') ?? defaults.activation);
  if (activation === undefined) {
    throw settings.refusal('hidden_act', `Clipscope runs ${[...ACTIVATIONS.keys()].join(', ')}`);
  }
  return {
    width,
    heads,
    layers: settings.integer('num_hidden_layers', 12, 1, MOST_LAYERS),
    mlpWidth: settings.integer('intermediate_size', 4 * defaults.width),
    activation,
    normEpsilon: settings.positive('layer_norm_eps', defaults.normEpsilon),
  };
}

/** An image tower, which transformers has for square pictures and patches. Edges in pixels. */
export interface ImageStack extends Stack {
  readonly imageSize: number;
  readonly patchSize: number;
}

/** Reads `vision_config`. @throws ConfigUnreadable, UnsupportedSetting */
export function readImageStack(
  settings: Settings,
  { patchSize, ...defaults }: Omit<StackDefaults, 'width' | 'heads'> & { readonly patchSize: number },
): ImageStack {
  settings.only('num_channels', 3);
  return {
    ...readStack(settings, 'vision_config', { ...defaults, width: 768, heads: 12 }),
    imageSize: settings.integer('image_size', 224),
    patchSize: settings.integer('patch_size', patchSize),
  };
}

/** What both of OpenCLIP's configs say of a stack in the same words. */
export function stackConfig(stack: Stack): Json {
  return {
    width: stack.width,
    layers: stack.layers,
    ...(stack.mlpWidth !== 4 * stack.width && { mlp_ratio: mlpRatio(stack) }),
    ...(stack.normEpsilon !== 1e-5 && { norm_kwargs: { eps: stack.normEpsilon } }),
    ...(stack.activation === 'gelu-tanh' && { act_kwargs: { approximate: 'tanh' } }),
  };
}

/** What `text_cfg` says of every text tower. @param defaults of the number of positions, and of tokens */
export function textConfig(
  settings: Settings,
  stack: Stack,
  defaults: { readonly positions: number; readonly vocabSize: number },
): Json & { readonly vocab_size: number } {
  return {
    context_length: settings.integer('max_position_embeddings', defaults.positions, 2),
    vocab_size: settings.integer('vocab_size', defaults.vocabSize),
    heads: stack.heads,
    ...stackConfig(stack),
  };
}
