/** Pictures ready for the image tower: RGB bytes, `[count, height, width, 3]`. */
export interface PictureBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array<ArrayBuffer>;
}
