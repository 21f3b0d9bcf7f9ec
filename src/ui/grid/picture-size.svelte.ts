import { firstRowHeight } from './justified-rows';

/** How large pictures are shown in a grid. */
export class PictureSize {
  /** Of a row of pictures, in CSS pixels. */
  rowHeight = $state(0);

  /** @param screenWidth in CSS pixels, which the height to begin with depends on */
  constructor(screenWidth: number) {
    this.rowHeight = firstRowHeight(screenWidth);
  }
}
