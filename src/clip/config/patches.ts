import { grouped } from '../../core/digits';
import { Failure } from '../../core/failure';
import { requireInputRoom, type TowerInput } from './room';

type Size = readonly [height: number, width: number];

/** Pictures cut into patches. Rows and columns of a picture that do not fill a patch are dropped. */
export interface PatchedPictures {
  /** Pixels. */
  readonly imageSize: Size;
  readonly patchSize: Size;
}

/** How many patches fit, `[down, across]`. */
export function patchGrid({ imageSize, patchSize }: PatchedPictures): Size {
  return [Math.floor(imageSize[0] / patchSize[0]), Math.floor(imageSize[1] / patchSize[1])];
}

/**
 * @param prefix tokens before the patches
 * @param room bytes that one picture may take; default: what WebAssembly has
 * @throws ConfigUnreadable if not even one patch fits, ModelTooLarge if a picture takes more memory than there is
 */
export function requirePatches(
  vision: PatchedPictures & Pick<TowerInput, 'width' | 'heads' | 'mlpWidth'>,
  prefix: number,
  room?: number,
): void {
  const { imageSize, patchSize } = vision;
  if (patchSize[0] > imageSize[0] || patchSize[1] > imageSize[1]) {
    throw new Failure(
      'ConfigUnreadable',
      `vision_cfg.patch_size ${patchSize.join(' x ')} is larger than image_size ${imageSize.join(' x ')}.`,
    );
  }
  const [down, across] = patchGrid(vision);
  const tokens = prefix + down * across;
  const size = imageSize.map((edge) => grouped(edge)).join(' x ');
  requireInputRoom(
    `Pictures of ${size} pixels`,
    { ...vision, tokens, pixels: imageSize[0] * imageSize[1] },
    room,
  );
}
