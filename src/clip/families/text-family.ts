import type { TensorInfo } from '../../formats/safetensors';
import type { Settings } from '../config/settings';
import type { Graph, WeightTable } from '../graph/graph-writer';
import type { GraphForm } from '../graph/layers';
import type { Input } from '../session';
import type { ResizeValues, TensorShapes } from '../weights/tensor-shapes';
import type { ModelSettings } from './image-family';

/** What every text tower has, whatever its family. */
export interface TextTowerShape {
  /** Its family's key in the table. */
  readonly family: string;
  /** Ids of a text. */
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly outputDim: number;
}

/** A kind of text tower: how it is read, what it is made of, and what it computes. */
export interface TextFamily<A extends TextTowerShape = TextTowerShape> {
  /** The models of transformers that are towers of the family, for a message. */
  readonly hfNames?: readonly string[];
  /**
   * Reads `text_cfg`; undefined if it describes a tower of another family.
   * @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge
   */
  read(settings: Settings, model: ModelSettings): A | undefined;
  /** Names and shapes of its tensors, in the order in which the tower uses them. */
  tensors(text: A): TensorShapes;
  /** The tensor that ids are looked up in. */
  readonly lookup: string;
  /** As `ImageFamily.resizing`, for another context length. */
  resizing?(text: A, name: string, info: TensorInfo): ResizeValues | undefined;
  /** `feeds` to `embedding` fp32 [batch, outputDim], rows of length 1. */
  graph(text: A, weights: WeightTable, form: GraphForm): Graph;
  /**
   * How many ids of each text its embedding depends on, at least 1; `ids` is [count, contextLength].
   *
   * Why: a label is five tokens of 77. Without the others it takes a tenth of the time.
   */
  needed(text: A, ids: Int32Array): number;
  /** The graph's inputs for `ids` [count, length]; in the split form the length may be any that is needed. */
  feeds(text: A, ids: Int32Array, count: number): Readonly<Record<string, Input>>;
}
