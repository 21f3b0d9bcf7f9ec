import { findFile, makeDirectory, removeEntry } from '../../src/storage/directory';
import { writeFile } from '../../src/storage/opfs-file';
import type { ProbeApi } from '../probe-api';
import { decodeProbe, encodeProbe } from './probe-file';

const FOLDER = 'probes';

/** Probes in the origin's private file system, at `root`: a file for each model, named after its weights. */
export function keptProbes(
  root: () => Promise<FileSystemDirectoryHandle>,
): Pick<ProbeApi, 'keepProbe' | 'keptProbe' | 'probeFile' | 'forgetProbe'> {
  const folder = async () => makeDirectory(await root(), FOLDER);
  const nameOf = (weights: string) => `${weights}.safetensors`;
  const find = async (weights: string) => findFile(await folder(), nameOf(weights));
  return {
    async keepProbe(weights, probe) {
      await writeFile(await folder(), nameOf(weights), encodeProbe(probe));
    },
    async keptProbe(weights) {
      try {
        const file = await find(weights);
        return file && (await decodeProbe(file));
      } catch {
        // Cut while it was written, or without storage: it is trained again.
        return undefined;
      }
    },
    probeFile: find,
    async forgetProbe(weights) {
      await removeEntry(await folder(), nameOf(weights));
    },
  };
}
