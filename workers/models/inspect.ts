import { readArchitecture } from '../../src/clip/architecture';
import { CHECKPOINT_FILES } from '../../src/clip/checkpoint-files';
import { keptBytesOf, modelSizeOf, requireStorable } from '../../src/clip/footprint';
import { parseJson } from '../../src/clip/parse-json';
import { findTensors } from '../../src/clip/weights/tensors';
import { PRECISIONS, type Precision } from '../../src/clip/weights/weights';
import { shapeOf } from '../../src/engine/model-shape';
import { requireSharedSpace } from '../../src/engine/model-source';
import { joinedSource } from '../../src/formats/byte-source';
import { readWeightsFile } from '../../src/formats/weights-file';
import { fileNameOf } from '../../src/hub/connection';
import { remoteSource } from '../../src/hub/remote-source';
import { canFindTokenizer, type TokenizerPlaces } from './find-tokenizer';
import type { RemoteCheckpoint, RemoteSource } from '../models-api';
import { filesOf } from './download-record';
import { hubOf, readRemote } from './remote-checkpoint';

/**
 * Describes a remote checkpoint from its config and the header of its weights.
 * @throws as `ModelsApi.inspect`
 */
export async function inspect(places: TokenizerPlaces, source: RemoteSource): Promise<RemoteCheckpoint> {
  const { connection } = places;
  const { commit, licence, config, weights, tokenizer } = await readRemote(source, connection);
  const architecture = readArchitecture(parseJson(config, CHECKPOINT_FILES.config));
  requireSharedSpace(architecture);
  requireStorable(architecture);
  const files = filesOf(weights).map(({ url, byteLength }) => remoteSource(url, byteLength, connection));
  const found = findTensors(await readWeightsFile(joinedSource(files)), architecture);
  const size = modelSizeOf(architecture, found);
  const bytes = (precision: Precision) => keptBytesOf(size, precision);
  return {
    // Pins the download to the inspected commit.
    source: source.kind === 'hub' && commit !== undefined ? { ...source, revision: commit } : source,
    ...(commit !== undefined && { commit }),
    file: [...(source.kind === 'hub' ? [source.folder] : []), decodeURIComponent(fileNameOf(weights.url))]
      .filter(Boolean)
      .join('/'),
    ...(weights.parts && { parts: weights.parts.length }),
    ...(licence !== undefined && { licence }),
    downloadBytes: weights.byteLength + config.length + (tokenizer?.byteLength ?? 0),
    ...shapeOf(architecture),
    keptBytes: Object.fromEntries(PRECISIONS.map((one) => [one, bytes(one)])) as Record<Precision, number>,
    hasTokenizer:
      tokenizer !== undefined || (await canFindTokenizer(places, architecture, config, hubOf(source))),
  };
}
