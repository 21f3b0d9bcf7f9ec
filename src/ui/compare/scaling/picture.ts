/** A plot as files that look as it does on the page. */

/** What a plot's colours are set by. */
const PAINTS = ['fill', 'stroke', 'color'] as const;

/** Pixels of the picture for each of the page's. */
const SHARPNESS = 2;

/** The plot as an SVG file: every colour worked out, on the page's ground. */
export function svgFile(plot: SVGSVGElement): Blob {
  const copy = plot.cloneNode(true) as SVGSVGElement;
  const originals = [plot, ...plot.querySelectorAll<SVGElement>('*')];
  const colours = new Colours();
  for (const [at, element] of [copy, ...copy.querySelectorAll<SVGElement>('*')].entries()) {
    const computed = getComputedStyle(originals[at]!);
    for (const paint of PAINTS) {
      const set = element.getAttribute(paint) ?? element.style.getPropertyValue(paint);
      if (!set.includes('var(')) continue;
      element.style.removeProperty(paint);
      element.setAttribute(paint, colours.plain(computed.getPropertyValue(paint)));
    }
    for (const name of ['tabindex', 'role', 'data-named']) element.removeAttribute(name);
  }
  const { fontFamily } = getComputedStyle(plot);
  copy.style.fontFamily = fontFamily;
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const fill = colours.plain(getComputedStyle(document.documentElement).backgroundColor);
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill })) {
    ground.setAttribute(name, value);
  }
  copy.prepend(ground);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' });
}

/** The same as a PNG file. @throws Error if this browser cannot draw it */
export async function pngFile(plot: SVGSVGElement): Promise<Blob> {
  const url = URL.createObjectURL(svgFile(plot));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { width, height } = plot.getBoundingClientRect();
    const canvas = new OffscreenCanvas(Math.round(width * SHARPNESS), Math.round(height * SHARPNESS));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Colours as any program reads them: `oklch(…)` is known to browsers alone. */
class Colours {
  readonly #context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;

  plain(colour: string): string {
    this.#context.clearRect(0, 0, 1, 1);
    this.#context.fillStyle = colour;
    this.#context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = this.#context.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  }
}
