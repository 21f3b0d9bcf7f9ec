import type { UnitRows } from '../core/unit-rows';

/** Pictures ready for the image tower: RGB bytes, `[count, height, width, 3]`. */
export interface PictureBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The embeddings of pictures. */
export interface PictureRows extends UnitRows {
  /** Suggested size of the next call, 1..32 pictures (1..8 on wasm): as many as one run encodes in about 300 ms. */
  readonly nextBatch: number;
}
