/** A model's id may name another image size than the trained one: `id@HEIGHTxWIDTH`, in pixels. */
const SIZED = /^(.+)@(\d{1,5})x(\d{1,5})$/;

/** The model's own id, without an image size. */
export function baseId(id: string): string {
  return SIZED.exec(id)?.[1] ?? id;
}

/** The image size that an id asks for, `[height, width]` in pixels; undefined for the trained one. */
export function sizeOfId(id: string): readonly [height: number, width: number] | undefined {
  const [, , height, width] = SIZED.exec(id) ?? [];
  return height && width ? [Number(height), Number(width)] : undefined;
}

/** The id of model `id` at pictures of `[height, width]` pixels; undefined gives the trained size. */
export function atSize(id: string, size: readonly [height: number, width: number] | undefined): string {
  return size === undefined ? baseId(id) : `${baseId(id)}@${size.join('x')}`;
}

/** Whether rows that bear the id `id` were made by `model`, at whatever image size. */
export function isMadeBy(model: string, id: string): boolean {
  return id === model || baseId(id) === model;
}
