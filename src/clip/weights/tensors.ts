import { Failure } from '../../core/failure';
import { elementCount, type WeightsHeader, type TensorInfo } from '../../formats/safetensors';
import type { Architecture, TextArchitecture, VisionArchitecture } from '../architecture';
import { imageFamily } from '../families/image-families';
import { textFamily } from '../families/text-families';
import { fromHfForm, isHfForm } from '../hf-form/tensor-names';
import { checkpointTensor, type Tower } from './checkpoint-names';
import type { PlacedTensor, ResizeValues, TensorShapes } from './tensor-shapes';

export type { Tower } from './checkpoint-names';

/**
 * A checkpoint's tensors by tower, with the names and shapes of `imageTensors` and `textTensors`; `TensorInfo.name` is
 * the name in the file.
 */
export interface CheckpointTensors {
  readonly image: ReadonlyMap<string, PlacedTensor>;
  readonly text: ReadonlyMap<string, PlacedTensor>;
  readonly logitScale: TensorInfo;
  readonly logitBias: TensorInfo | undefined;
}

const FLOATS: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

/**
 * Numbers of a tensor that is resized, which is read whole: ten times those of the largest published positions.
 *
 * Why bounded: a small file of torch's may hold a tensor of any size, one row that is repeated.
 */
const MOST_RESIZED = 2 ** 24;

/** Buffers and leftovers in published checkpoints that no tower reads. */
const LEFTOVERS: ReadonlySet<string> = new Set([
  'attn_mask',
  'text.attn_mask',
  'input_resolution',
  'context_length',
  'vocab_size',
]);

/** How many batches a BatchNorm was trained with; positions as a list, which old files of transformers have. */
const COUNTERS = /\.(?:num_batches_tracked|position_ids)$/;

/** What of a CoCa writes captions, which no embedding needs. */
const DECODER = 'text_decoder.';

/** The tensors of an image tower, named as its graph names them. */
export function imageTensors(vision: VisionArchitecture): TensorShapes {
  return imageFamily(vision).tensors(vision);
}

/** The tensors of a text tower, as in OpenCLIP's `CLIP` class (no `text.` prefix). */
export function textTensors(text: TextArchitecture): TensorShapes {
  return textFamily(text).tensors(text);
}

/**
 * Finds every tensor of `architecture`. The text tower may be in the classic layout or CustomTextCLIP's (`text.*`),
 * whatever the config says: OpenCLIP loads both.
 * @throws TensorMissing, TensorMismatch (shape or dtype), TensorUnexpected (a tensor that no tower reads)
 */
export function findTensors(header: WeightsHeader, architecture: Architecture): CheckpointTensors {
  const { tensors } = openClipNames(header);
  const stored = {
    ...architecture,
    customText: [...tensors.keys()].some((name) => name.startsWith('text.')),
  };
  const taken = new Set<string>();
  const take = (name: string, shape: readonly number[]): TensorInfo => {
    const info = tensors.get(name);
    if (info === undefined) {
      throw new Failure('TensorMissing', `The checkpoint has no tensor ${name} (${shape.join(' x ')}).`);
    }
    check(info, shape);
    taken.add(name);
    return info;
  };
  const { vision, text } = architecture;
  const resizingOf = (tower: Tower, name: string, info: TensorInfo): ResizeValues | undefined =>
    tower === 'image'
      ? imageFamily(vision).resizing?.(vision, name, info)
      : textFamily(text).resizing?.(text, name, info);
  const takeAll = (shapes: TensorShapes, tower: Tower): Map<string, PlacedTensor> =>
    new Map(
      [...shapes].map(([name, shape]) => {
        const there = checkpointTensor(stored, tower, name, shape);
        const found = tensors.get(there.name);
        const isReadable = found && FLOATS.has(found.dtype) && elementCount(found.shape) <= MOST_RESIZED;
        const resize = isReadable ? resizingOf(tower, name, found) : undefined;
        if (found === undefined || resize === undefined) {
          return [name, { ...take(there.name, there.shape), shape }];
        }
        taken.add(there.name);
        return [name, { ...found, shape, resize }];
      }),
    );
  const scalar = (name: string): TensorInfo => take(name, tensors.get(name)?.shape.length === 1 ? [1] : []);

  const found: CheckpointTensors = {
    image: takeAll(
      imageFamily(vision).tensors(vision, (name) => tensors.has(name)),
      'image',
    ),
    text: takeAll(textTensors(text), 'text'),
    logitScale: scalar('logit_scale'),
    logitBias: tensors.has('logit_bias') ? scalar('logit_bias') : undefined,
  };
  for (const [name, info] of tensors) {
    const isLeft = LEFTOVERS.has(name) || COUNTERS.test(name);
    if (!taken.has(name) && !isLeft && !(architecture.hasDecoder && name.startsWith(DECODER))) {
      throw new Failure(
        'TensorUnexpected',
        `The checkpoint holds ${info.name} (${info.shape.join(' x ')}), which its config does not ask for.`,
      );
    }
  }
  return found;
}

/** What PyTorch's parallel training puts before every name. */
const PARALLEL = 'module.';

/**
 * The header with names as OpenCLIP reads them: without that prefix, if all have it, and translated where they are those
 * of transformers.
 * @throws TensorMissing, TensorMismatch where parts of a tensor do not make a whole
 */
export function openClipNames(header: WeightsHeader): WeightsHeader {
  const entries = [...header.tensors];
  const isParallel = entries.every(([name]) => name.startsWith(PARALLEL));
  const bare = isParallel
    ? { tensors: new Map(entries.map(([name, info]) => [name.slice(PARALLEL.length), info])) }
    : header;
  return isHfForm(bare) ? fromHfForm(bare) : bare;
}

function check(info: TensorInfo, shape: readonly number[]): void {
  if (!FLOATS.has(info.dtype)) {
    throw new Failure('TensorMismatch', `${info.name} is ${info.dtype}; weights are F32, F16, BF16 or F64.`);
  }
  if (info.shape.length !== shape.length || info.shape.some((size, axis) => size !== shape[axis])) {
    const [has, needs] = [info.shape, shape].map((sizes) =>
      sizes.length === 0 ? 'one value' : sizes.join(' x '),
    );
    throw new Failure('TensorMismatch', `${info.name} is ${has ?? ''}; the config asks for ${needs ?? ''}.`);
  }
}
