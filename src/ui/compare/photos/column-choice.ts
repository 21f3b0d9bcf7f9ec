import type { ClipOptions, ModelSummary } from '../../../../workers/api';
import { baseId, sizeOfId } from '../../../core/model-id';
import { BACKEND_NAMES, imageSizeText } from '../../models/model-words';

/** A model to compare, and how to run it. The id may name a picture size: `id@HEIGHTxWIDTH`. */
export interface ColumnChoice extends Pick<ClipOptions, 'backend' | 'arithmetic'> {
  readonly id: string;
}

export function isSameChoice(a: ColumnChoice, b: ColumnChoice): boolean {
  return a.id === b.id && a.backend === b.backend && a.arithmetic === b.arithmetic;
}

/**
 * The name of a column: the model's, with what of its choice is not the usual. "ViT-B-32 · 256 px · WASM".
 * @param summary of the model, if it is listed
 * @param usual how the page runs its own model
 */
export function choiceText(
  { id, backend, arithmetic }: ColumnChoice,
  summary: Pick<ModelSummary, 'name'> | undefined,
  usual: Pick<ColumnChoice, 'backend' | 'arithmetic'>,
): string {
  const size = sizeOfId(id);
  return [
    summary?.name ?? baseId(id),
    size && imageSizeText(size),
    backend === usual.backend ? undefined : backend === 'auto' ? 'the fastest' : BACKEND_NAMES[backend],
    arithmetic === usual.arithmetic
      ? undefined
      : arithmetic === 'fp32'
        ? 'full precision'
        : 'fast arithmetic',
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/**
 * The name of rows that are made in a way of their own, so that they are not taken for the model's: no model's id has a
 * blank in this place.
 */
export function ownRowsName({ id, backend, arithmetic }: ColumnChoice): string {
  return `${id} by ${backend} in ${arithmetic}`;
}
