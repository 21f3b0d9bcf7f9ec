import { grouped } from '../core/digits';

/** "4,032 × 3,024 pixels". */
export function sizeInWords(width: number, height: number): string {
  return `${grouped(width)} × ${grouped(height)} pixels`;
}
