/** A model that comes with the page. */
export interface BuiltInModel {
  readonly id: string;
  readonly name: string;
  /** Its OpenCLIP checkpoint, as a folder below the page's address. */
  readonly folder: string;
  /** What a person should know before trusting it. */
  readonly note: string;
}

function builtIn(size: string, note: string): BuiltInModel {
  const name = `clipscope-${size}`;
  return { id: name, name, folder: `models/${name}/`, note };
}

/** The built-in models, smallest first; the first is loaded when nothing else is asked for. */
export const BUILT_IN_MODELS: readonly [BuiltInModel, ...BuiltInModel[]] = [
  builtIn('s', 'This built-in model knows drawings, not photos.'),
  builtIn('m', 'Knows drawings, not photos; names them better than the small one.'),
  builtIn('l', 'Knows drawings, not photos; the most exact of the three.'),
];

/** The files of an OpenCLIP checkpoint, as they are named on the hub. */
export const CHECKPOINT_FILES = {
  config: 'open_clip_config.json',
  weights: 'open_clip_model.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;
