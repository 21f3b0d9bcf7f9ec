/** What an image worker may ask of its drawing worker. */
export interface DrawingApi {
  /** Fetches what draws, with the font if the drawing has text. @throws NetworkFailed */
  load(svg: string): Promise<void>;
  /** Draws an SVG as PNG. @throws what resvg throws, without a name */
  draw(svg: string): Promise<Uint8Array<ArrayBuffer>>;
}
