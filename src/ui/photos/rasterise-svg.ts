import { Failure } from '../../core/failure';

/** The least length of the longer edge of a drawing, in pixels: twice what most towers see. */
const LONGER_EDGE = 512;

/** No edge is drawn longer than this, in pixels. */
const LONGEST_EDGE = 4096;

/** Whether `file` is an SVG drawing, by its type or, where the system knows none, its name. */
export function isSvg(file: File): boolean {
  return file.type === 'image/svg+xml' || (file.type === '' && /\.svg$/i.test(file.name));
}

/**
 * Draws an SVG on a transparent canvas and returns it as PNG: browsers decode SVG on the page only, never in a worker.
 * An image element runs no script of the drawing and fetches nothing for it.
 * @throws PictureUnreadable, PictureEmpty
 */
export async function rasteriseSvg(file: File): Promise<Blob> {
  if (file.size === 0) throw new Failure('PictureEmpty', 'The file is empty (0 bytes).');
  const address = URL.createObjectURL(new Blob([withSize(await file.text())], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode().catch(() => {
      throw new Failure('PictureUnreadable', 'This SVG cannot be drawn: it is damaged or not SVG at all.');
    });
    const { width, height } = drawingSize(image.naturalWidth, image.naturalHeight);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!png)
      throw new Failure('PictureUnreadable', `This SVG cannot be drawn at ${width} × ${height} pixels.`);
    return png;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * `svg` with a width and height of its own, from its `viewBox` where it has one: some browsers draw nothing without.
 * Text that is no SVG is returned as it is.
 */
function withSize(svg: string): string {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const absolute = (name: string) => /^[\d.]+[a-z]*$/i.test(root.getAttribute(name)?.trim() ?? '');
  if (root.localName !== 'svg' || (absolute('width') && absolute('height'))) return svg;
  const box = (root.getAttribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const { width, height } = drawingSize(box[2] ?? 0, box[3] ?? 0);
  root.setAttribute('width', `${width}`);
  root.setAttribute('height', `${height}`);
  return new XMLSerializer().serializeToString(root);
}

/**
 * The size to draw a drawing of `width` × `height` CSS pixels at, its shape kept: at least 512 px on the longer edge, at
 * most 4,096. A drawing without a size of its own (0 × 0) becomes a 512 px square.
 */
export function drawingSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: LONGER_EDGE, height: LONGER_EDGE };
  const longer = Math.max(width, height);
  const scale = Math.min(Math.max(LONGER_EDGE / longer, 1), LONGEST_EDGE / longer);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
