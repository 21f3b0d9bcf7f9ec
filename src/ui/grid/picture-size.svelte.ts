import { firstRowHeight } from './justified-rows';

/** The size of pictures in a grid. */
export class PictureSize {
  /** Row height, in CSS pixels. */
  rowHeight = $state(0);

  /** @param screenWidth in CSS pixels; determines the initial height */
  constructor(screenWidth: number) {
    this.rowHeight = firstRowHeight(screenWidth);
  }
}
