/** A model id may specify an image size other than the trained one: `id@HEIGHTxWIDTH`, in pixels. */
const SIZED = /^(.+)@(\d{1,5})x(\d{1,5})$/;

/** The model id without its image size. */
export function baseId(id: string): string {
  return SIZED.exec(id)?.[1] ?? id;
}

/** The image size in an id, `[height, width]` in pixels; undefined for the trained one. */
export function sizeOfId(id: string): readonly [height: number, width: number] | undefined {
  const [, , height, width] = SIZED.exec(id) ?? [];
  return height && width ? [Number(height), Number(width)] : undefined;
}

/** The id of model `id` at image size `[height, width]` in pixels; undefined means the trained size. */
export function atSize(id: string, size: readonly [height: number, width: number] | undefined): string {
  return size === undefined ? baseId(id) : `${baseId(id)}@${size.join('x')}`;
}

/** Whether rows with the id `id` were made by `model`, at any image size. */
export function isMadeBy(model: string, id: string): boolean {
  return id === model || baseId(id) === model;
}
