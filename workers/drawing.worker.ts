/** Draws SVG. The image workers start one, and end it if a drawing takes too long. */
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import resvgUrl from '@resvg/resvg-wasm/index_bg.wasm?url';
import { expose, transfer } from 'comlink';
import fontUrl from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url';
import { Failure } from '../src/core/failure';
import { drawingSize } from '../src/image/drawing-size';
import type { DrawingApi } from './image/drawing-api';

/** The font of all text in drawings: those of the system cannot be read here. */
const FONT_FAMILY = 'DejaVu Sans';

let renderer: Promise<unknown> | undefined;
let font: Uint8Array | undefined;

const api: DrawingApi = {
  async load(svg) {
    await (renderer ??= bytesAt(resvgUrl).then((wasm) => initWasm(wasm)));
    if (/[<:]text/.test(svg)) font ??= await bytesAt(fontUrl);
  },
  draw(svg) {
    const options = {
      font: {
        fontBuffers: font ? [font] : [],
        defaultFontFamily: FONT_FAMILY,
        sansSerifFamily: FONT_FAMILY,
        serifFamily: FONT_FAMILY,
        monospaceFamily: FONT_FAMILY,
      },
    };
    const natural = new Resvg(svg, options);
    const { width } = drawingSize(natural.width, natural.height);
    natural.free();
    const drawing = new Resvg(svg, { ...options, fitTo: { mode: 'width', value: width } });
    const image = drawing.render();
    const png = new Uint8Array(image.asPng());
    image.free();
    drawing.free();
    return Promise.resolve(transfer(png, [png.buffer]));
  },
};

/** @throws NetworkFailed */
async function bytesAt(url: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  } catch (error) {
    throw new Failure('NetworkFailed', 'what draws SVG did not arrive', { cause: error });
  }
}

expose(api);
