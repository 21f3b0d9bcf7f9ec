/** The files of an OpenCLIP checkpoint, as they are named on the hub. */
export const CHECKPOINT_FILES = {
  config: 'open_clip_config.json',
  weights: 'open_clip_model.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;
