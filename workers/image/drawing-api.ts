/** What an image worker may ask of its drawing worker. */
export interface DrawingApi {
  /** Draws an SVG file as PNG. @throws NetworkFailed; what resvg throws, without a name */
  draw(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}
