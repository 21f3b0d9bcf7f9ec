import type { ProbeApi } from '../probe-api';
import { keptProbes } from './kept-probes';
import { likeliest, trainOnPhotos } from './train-on-photos';

/** The part of the evaluation worker's API that trains probes on photos, and keeps them at `root`. */
export function createProbes(root: () => Promise<FileSystemDirectoryHandle>): ProbeApi {
  let training = new AbortController();
  const stop = () => {
    training.abort();
    training = new AbortController();
  };
  return {
    ...keptProbes(root),
    async trainProbe(examples, onProgress) {
      stop();
      return trainOnPhotos(examples, { signal: training.signal, onProgress });
    },
    stopProbe: async () => stop(),
    applyProbe: async (probe, rows) => likeliest(probe, rows),
  };
}
