import type { TensorInfo } from '../../formats/safetensors';
import type { Settings } from '../config/settings';
import type { AttentionForm } from '../graph/attention-form';
import type { GraphWriter, Value } from '../graph/graph-writer';
import type { CheckpointTensor, ResizeValues, TensorShapes } from '../weights/tensor-shapes';
import type { Precision } from '../weights/weights';

export type Size = readonly [height: number, width: number];

/** What every image tower has, whatever its family. */
export interface ImageTowerShape {
  /** Its family's key in the table. */
  readonly family: string;
  /** Pixels, `[height, width]`. */
  readonly imageSize: Size;
  readonly outputDim: number;
}

/** What of `model_cfg` concerns both towers. */
export interface ModelSettings {
  readonly embedDim: number;
  readonly quickGelu: boolean;
}

/**
 * An image tower as steps, one after the other: a stem, steps of about equal kind, and a head.
 *
 * Why steps: on wasm a tower runs in parts, so that a typed query need not wait for all of it, and it can be cut
 * between any two of them.
 */
export interface TowerSteps {
  /** Multiplications of each step for one picture. */
  readonly work: readonly number[];
  /** What goes into step `at`, for one picture. With more pictures the first axis is as many times longer. */
  shape(at: number): readonly number[];
  /** `pixels` [batch, 3, height, width] to what goes into step 0. */
  stem(graph: GraphWriter, pixels: Value): Value;
  step(graph: GraphWriter, input: Value, at: number): Value;
  /** What the last step gives to one embedding per picture, of any length: [batch, outputDim]. */
  head(graph: GraphWriter, input: Value): Value;
}

/** Position embeddings of a grid of patches, behind those of `prefix` other tokens. */
export interface GridPositions {
  /** The tensor, [prefix + down * across, width]. */
  readonly name: string;
  readonly prefix: number;
  readonly width: number;
  readonly grid: Size;
  /** Whether a grid of another form with as many patches keeps the positions: as OpenCLIP does, timm not. */
  readonly byCount: boolean;
}

/** A small tower that a GPU must compute as wasm does before it runs models of a family. */
export interface FamilyCheck<A> {
  /** What is checked: `257-turned`. */
  readonly name: string;
  readonly precision: Precision;
  readonly vision: A;
}

/** A kind of image tower: how it is read, what it is made of, and what it computes. */
export interface ImageFamily<A extends ImageTowerShape = ImageTowerShape> {
  /** The timm models of the family, for a message: `convnext_*`. */
  readonly timmNames?: string;
  /**
   * Reads `vision_cfg`; undefined if it describes a tower of another family.
   * @throws ConfigUnreadable, UnsupportedSetting
   */
  read(settings: Settings, model: ModelSettings): A | undefined;
  /**
   * Names and shapes of its tensors, in the order in which the tower uses them.
   * @param has whether a checkpoint has a tensor of this name: decides where a tower may be stored in two forms; absent:
   *   as it was trained
   */
  tensors(vision: A, has?: (name: string) => boolean): TensorShapes;
  /** How a checkpoint has the tensor that the graph calls `name`; absent: under the same name and shape. */
  inCheckpoint?(vision: A, name: string, shape: readonly number[]): CheckpointTensor;
  /** The values of `info`, a tensor of another picture size, as the tower needs them; undefined if they fit, or cannot. */
  resizing?(vision: A, name: string, info: TensorInfo): ResizeValues | undefined;
  steps(vision: A, attention: AttentionForm): TowerSteps;
  /**
   * @param room bytes that one picture may take; default: what WebAssembly has
   * @throws ConfigUnreadable if a picture is too small, ModelTooLarge if it takes more memory than there is
   */
  requireSize(vision: A, room?: number): void;
  /** Pixels that a picture needs at least, `[height, width]`. */
  leastSize(vision: A): Size;
  /**
   * The positions that change with the size of pictures; undefined if none do. Absent: the tower runs at its own size
   * alone.
   */
  positions?(vision: A): GridPositions | undefined;
  /** For what it computes that a ViT does not. */
  readonly checks?: readonly FamilyCheck<A>[];
}
