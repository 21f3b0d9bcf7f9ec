import type { Tower } from '../../src/clip/weights/tensors';
import { isStoredTensor, PRECISIONS, type StoredTensor } from '../../src/clip/weights/weights';
import type { ModelSummary } from '../api';

/** What a kept model's manifest says beyond its files. */
export interface KeptDetail {
  readonly summary: ModelSummary;
  readonly logitScale: number;
  readonly logitBias: number | null;
  /** The text tower's list is empty in a model that is only staged. */
  readonly tensors: Readonly<Record<Tower, readonly StoredTensor[]>>;
}

/** Reads the detail back, field by field; undefined where it is not what `KeptDetail` says. */
export function readDetail(json: unknown): KeptDetail | undefined {
  if (!isObject(json) || !isObject(json.tensors)) return undefined;
  const { summary, logitScale, logitBias } = json;
  const { image, text } = json.tensors;
  if (!isSummary(summary) || typeof logitScale !== 'number') return undefined;
  if (logitBias !== null && typeof logitBias !== 'number') return undefined;
  if (!isTensorList(image) || !isTensorList(text)) return undefined;
  return { summary, logitScale, logitBias, tensors: { image, text } };
}

function isSummary(value: unknown): value is ModelSummary {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    (value.origin === 'folder' || value.origin === 'hub') &&
    [value.repository, value.commit, value.licence].every(isOptionalText) &&
    isSizes(value.imageSize) &&
    (value.patchSize === undefined || isSize(value.patchSize)) &&
    isSize(value.embedDim) &&
    isSize(value.contextLength) &&
    isObject(value.parameters) &&
    isSize(value.parameters.image) &&
    isSize(value.parameters.text) &&
    isSize(value.bytes) &&
    PRECISIONS.some((precision) => precision === value.precision)
  );
}

function isTensorList(value: unknown): value is StoredTensor[] {
  return Array.isArray(value) && value.every(isStoredTensor);
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
