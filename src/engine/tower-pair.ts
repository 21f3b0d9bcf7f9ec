import type { ImageTower, TextTower } from '../clip/towers';
import { failureName } from '../core/failure';

/** A model's two towers, each opened on first use. Calls must not overlap. */
export interface TowerPair {
  image(): Promise<ImageTower>;
  text(): Promise<TextTower>;
  /** Whether both are open, so that either can run while the other pauses. */
  areBothOpen(): boolean;
  release(): Promise<void>;
}

interface Openers {
  readonly image: () => Promise<ImageTower>;
  readonly text: () => Promise<TextTower>;
}

/**
 * A pair of towers over `open`. Unless `together`, one tower is released before the other opens; a pair that runs out
 * of memory together switches to one at a time.
 */
export function towerPair(open: Openers, together: boolean): TowerPair {
  let one = !together;
  let image: ImageTower | undefined;
  let text: TextTower | undefined;

  async function releaseImage(): Promise<void> {
    const tower = image;
    image = undefined;
    await tower?.release();
  }

  async function releaseText(): Promise<void> {
    const tower = text;
    text = undefined;
    await tower?.release();
  }

  /** Opens a tower beside `other`, or in its place if both do not fit. */
  async function beside<T>(
    openTower: () => Promise<T>,
    other: unknown,
    makeRoom: () => Promise<void>,
  ): Promise<T> {
    if (one) await makeRoom();
    try {
      return await openTower();
    } catch (error) {
      if (one || other === undefined || failureName(error) !== 'OutOfMemory') throw error;
      one = true;
      await makeRoom();
      return openTower();
    }
  }

  return {
    async image() {
      image ??= await beside(open.image, text, releaseText);
      return image;
    },
    async text() {
      text ??= await beside(open.text, image, releaseImage);
      return text;
    },
    areBothOpen: () => image !== undefined && text !== undefined,
    async release() {
      try {
        await releaseImage();
      } finally {
        await releaseText();
      }
    },
  };
}
