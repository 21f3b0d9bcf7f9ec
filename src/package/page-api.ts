import type { RuntimeFiles } from '../clip/session-browser';
import type { RunsOn } from '../engine/runs-on';
import type { PictureEmbeddings, PixelPicture, UnitRows } from './model';

/** A picture as it is given to the thread. */
export type SentPicture = Blob | PixelPicture;

/** The files of a checkpoint: the address of their folder, ending in a slash, or themselves by name. */
export type SentSource = string | ReadonlyMap<string, Blob>;

export interface SentOptions {
  readonly backend: 'auto' | 'webgpu' | 'wasm';
  readonly files: RuntimeFiles;
}

/** What is told of an open model. */
export interface Opened {
  readonly dim: number;
  readonly logitScale: number;
  readonly logitBias: number | null;
  readonly runsOn: RunsOn;
}

/** The thread of one model. Failures come by name. */
export interface ModelThread {
  open(source: SentSource, options: SentOptions): Promise<Opened>;
  encodeImages(pictures: readonly SentPicture[]): Promise<PictureEmbeddings>;
  encodeTexts(texts: readonly string[]): Promise<UnitRows>;
}
