import type { PreprocessSettings } from '../core/preprocess-settings';
import data from './catalogue-data.json';
import cosines from './precision-cosines.json';
import type { TowerSize } from './footprint';
import type { Precision } from './weights/weights';

/**
 * The least cosine of an embedding to the one that fp32 gives, on the built-in model over the sample album's pictures and
 * captions. `npm run bench -- precision` measures it.
 */
export const LEAST_COSINES: Readonly<Record<Precision, number>> = cosines;

/** Where figures come from: one of `SOURCES`. */
export type SourceKey = keyof typeof data.sources;

/** A place that figures were read in. */
export interface Source {
  readonly title: string;
  /** Enough to find it again: address, version or commit. */
  readonly citation: string;
  readonly note?: string;
}

/** One tower in figures. */
export interface CatalogueTower extends TowerSize {
  /** 1e9 operations for one picture or one text, a multiply and an add being two. */
  readonly gflops: number;
}

/** Recall in both directions: shares in 0..1. */
export interface Recall {
  readonly textToImage: number;
  readonly imageToText: number;
}

/** A published checkpoint that Clipscope can run. Figures that nobody published are absent. */
export interface CatalogueEntry {
  /** OpenCLIP's name of the architecture and its tag of the weights: `ViT-B-32:laion2b_s34b_b79k`. */
  readonly id: string;
  /** For people: `ViT-B/32 · LAION-2B`. */
  readonly name: string;
  /** Who trained it on what, in a word: entries of a family differ in size alone. */
  readonly family: string;
  /** OpenCLIP's name, with `-quickgelu` where the weights ask for it. */
  readonly architecture: string;
  /** Owner and name on the hub. */
  readonly repository: string;
  /**
   * What the repository's list of files showed when it was last read: weights in OpenCLIP's form as safetensors, or only
   * as a pickle, which Clipscope does not read. Absent where no list was read.
   */
  readonly weights?: 'safetensors' | 'pickle';
  /** SPDX, or the hub's own name of a licence that SPDX does not list. */
  readonly license: string;
  readonly languages: 'english' | 'multilingual';
  /** Pixels, both ways. */
  readonly imageSize: number;
  readonly image: CatalogueTower;
  readonly text: CatalogueTower;
  /** Computed: four bytes a weight, as the hub's fp32 files have. The repository's list gives the true figure. */
  readonly downloadBytes: number;
  readonly training: {
    readonly data: string;
    /** Pairs of picture and text, repeats counted. */
    readonly samplesSeen?: number;
    readonly source: SourceKey;
  };
  readonly accuracy?: {
    /** Zero-shot, a share in 0..1. */
    readonly imagenetTop1: number;
    readonly source: SourceKey;
  };
  /** Zero-shot retrieval on Flickr30k and MS COCO at rank 5 and 1. */
  readonly retrieval?: {
    readonly flickr30kAt5?: Recall;
    readonly cocoAt5?: Recall;
    readonly cocoAt1?: Recall;
    readonly source: SourceKey;
  };
  /** For a config that lacks it. */
  readonly preprocess: Pick<PreprocessSettings, 'mean' | 'std' | 'interpolation' | 'resizeMode'>;
  /** Sources of what carries none itself. */
  readonly sources: Readonly<Partial<Record<'weights', SourceKey>>> &
    Readonly<Record<'repository' | 'preprocess' | 'towers' | 'downloadBytes' | 'license', SourceKey>>;
}

/** Every source that an entry names. */
export const SOURCES: Readonly<Record<SourceKey, Source>> = data.sources;

/**
 * Published checkpoints, family by family and from small to large. `tools/catalogue-data/generate.py` writes them.
 *
 * Why no text towers of other makers are listed (XLM-RoBERTa, NLLB): the graph builder writes OpenCLIP's own.
 */
export const CATALOGUE = data.entries as unknown as readonly CatalogueEntry[];

export function findEntry(id: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.id === id);
}

/** The entry of a repository on the hub, upper and lower case being one to the hub. */
export function entryOfRepository(repository: string): CatalogueEntry | undefined {
  const wanted = repository.toLowerCase();
  return CATALOGUE.find((entry) => entry.repository.toLowerCase() === wanted);
}
