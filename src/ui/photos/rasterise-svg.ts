import { Failure } from '../../core/failure';

/** Minimum length of a drawing's longer edge, in pixels: about twice most towers' input. */
const LONGER_EDGE = 512;

/** Maximum length of an edge, in pixels. */
const LONGEST_EDGE = 4096;

/** Whether `file` is an SVG drawing, by its type or, if the system knows none, its name. */
export function isSvg(file: File): boolean {
  return file.type === 'image/svg+xml' || (file.type === '' && /\.svg$/i.test(file.name));
}

/**
 * Draws an SVG on a transparent canvas and returns it as PNG: browsers cannot decode SVG in a worker.
 * An image element runs no scripts and loads no resources of the drawing.
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
 * `svg` with an explicit width and height, from its `viewBox` if present: some browsers draw nothing without. Text that
 * is not SVG is returned unchanged.
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
 * The raster size of a drawing of `width` × `height` CSS pixels, with the same aspect ratio: at least 512 px on the
 * longer edge, at most 4,096. A drawing without a size (0 × 0) becomes a 512 px square.
 */
export function drawingSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: LONGER_EDGE, height: LONGER_EDGE };
  const longer = Math.max(width, height);
  const scale = Math.min(Math.max(LONGER_EDGE / longer, 1), LONGEST_EDGE / longer);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
