import { wrap } from 'comlink';
import type { PeerBench } from './transformers.worker';

const worker = new Worker(new URL('./transformers.worker.ts', import.meta.url), { type: 'module' });
const peer = wrap<PeerBench>(worker);
const files = document.querySelector<HTMLInputElement>('#files')!;

/** Where the benchmark finds the worker. */
export const bench = {
  load: (onGpu: number, bits: number): Promise<void> => peer.load(onGpu === 1, bits),
  /** Takes the files that the page was given. */
  take: (): Promise<void> => peer.take([...files.files!]),
  embed: (batch: number) => peer.embed(batch),
  tower: (batch: number) => peer.tower(batch),
  prepare: () => peer.prepare(),
};

Object.assign(globalThis, { bench });
