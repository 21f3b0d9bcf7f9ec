/** Beside weights that are made: a tokenizer of 2,048 ids, and how pictures are prepared. */
export const TOKENIZER = 'static/models/clipscope-s/tokenizer.json';
export const PREPROCESS = {
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  interpolation: 'bicubic',
  resize_mode: 'shortest',
};
