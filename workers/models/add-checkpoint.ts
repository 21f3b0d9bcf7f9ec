import { readCheckpoint, type Checkpoint } from '../../src/clip/checkpoint';
import {
  CHECKPOINT_FILES,
  nameOfSmall,
  readSmallFile,
  requireShard,
  shardNames,
  textFiles,
} from '../../src/clip/checkpoint-files';
import { openClipConfig } from '../../src/clip/hf-form/config';
import type { Precision } from '../../src/clip/weights/weights';
import { Failure } from '../../src/core/failure';
import { sha256Hex } from '../../src/core/hex';
import { configFor, questionsAbout } from '../../src/clip/from-shapes/weights';
import { requireUsable } from '../../src/engine/model-source';
import type { TokenizerTexts } from '../../src/engine/open-tokenizer';
import { blobSource, joinedSource, type ByteSource } from '../../src/formats/byte-source';
import { readWeightsFile } from '../../src/formats/weights-file';
import type { ModelSummary, Progress } from '../api';
import { findTokenizer, type TokenizerPlaces } from './find-tokenizer';
import { ingest } from './ingest';
import { keptId } from './kept-id';
import { isWhole, listKept } from '../sources/kept-store';
import type { ArchitectureQuestion, CheckpointFiles } from '../models-api';

/**
 * Checks a whole local checkpoint before writing a byte, then keeps it. Missing files are supplied: the config from
 * shapes and answers, the tokenizer from a kept model or, if allowed, from the hub.
 * @throws CheckpointIncomplete, ArchitectureUnclear, TokenizerMissing, StorageFull, StorageBusy, FileUnreadable, and
 *   what a bad checkpoint throws
 */
export async function addCheckpoint(
  places: TokenizerPlaces,
  files: CheckpointFiles,
  onProgress: (progress: Progress) => void,
): Promise<ModelSummary> {
  const source = await weightsOf(files);
  const configText = files.config
    ? await openClipConfig(
        nameOfSmall('config', files.config),
        await readSmallFile('config', files.config),
        async (part) => {
          const file = files[part];
          return file && readSmallFile(part, file);
        },
      )
    : await configOf(source, files.answers ?? {});
  const checkpoint = await readCheckpoint(configText, source);
  const tokenizerTexts = await tokenizerOf(places, files, checkpoint, configText);
  await requireUsable(checkpoint.architecture, tokenizerTexts);
  const precision = files.precision ?? naturalPrecision(checkpoint);
  const texts = textFiles(configText, tokenizerTexts.tokenizer, tokenizerTexts.tokenizerConfig);
  const store = await places.models();
  const hash = await identify([JSON.stringify(texts), precision], source);
  const id = keptId(files.name, hash);
  const existing = (await listKept(store)).find((summary) => summary.id === id);
  if (existing !== undefined && (await isWhole(store, id))) return existing;
  const about = { name: files.name, origin: 'folder' } as const;
  return ingest(
    store,
    { id, about, sourceHash: hash, precision, checkpoint, weights: source, texts },
    { onBytes: (done) => onProgress({ stage: 'storing', done, total: source.byteLength }) },
  );
}

/** What shapes leave open, for weights without a config. @throws ArchitectureUnclear, SafetensorsMalformed */
export async function questions(files: GivenWeights): Promise<ArchitectureQuestion[]> {
  return questionsAbout(await readWeightsFile(await weightsOf(files)));
}

/** A config's text, for weights without one. */
async function configOf(weights: ByteSource, answers: Readonly<Record<string, string>>): Promise<string> {
  return `${JSON.stringify(configFor(await readWeightsFile(weights), answers), undefined, 2)}\n`;
}

/** The tokenizer's texts: as given, else from `findTokenizer`. */
async function tokenizerOf(
  places: TokenizerPlaces,
  { tokenizer, tokenizerConfig, hub }: CheckpointFiles,
  { architecture }: Checkpoint,
  config: string,
): Promise<TokenizerTexts> {
  if (tokenizer === undefined) return findTokenizer(places, architecture, config, hub);
  return {
    tokenizer: await readSmallFile('tokenizer', tokenizer),
    ...(tokenizerConfig && { tokenizerConfig: await readSmallFile('tokenizerConfig', tokenizerConfig) }),
  };
}

/** fp16 if every matrix is fp16 already, so nothing is lost; else fp32. */
function naturalPrecision({ tensors }: Checkpoint): Precision {
  const matrices = [...tensors.image.values(), ...tensors.text.values()].filter(
    ({ shape }) => shape.length > 1,
  );
  return matrices.every(({ dtype }) => dtype === 'F16') ? 'fp16-storage' : 'fp32';
}

type GivenWeights = Pick<CheckpointFiles, 'name' | 'weights' | 'shards'>;

/** The weights, of whose parts each must be there. @throws CheckpointIncomplete, ConfigUnreadable for a bad index */
async function weightsOf({ name, weights, shards }: GivenWeights): Promise<ByteSource> {
  if (weights === undefined) {
    throw new Failure('CheckpointIncomplete', `${name} lacks ${CHECKPOINT_FILES.weights}.`);
  }
  if (shards === undefined) return blobSource(weights);
  const listed = shardNames(await readSmallFile('index', weights), nameOfSmall('index', weights));
  return joinedSource(
    listed.map((part) => {
      const shard = shards.find((one) => one.name === part);
      return blobSource(requireShard(shard, part, name).file);
    }),
  );
}

/** Bytes hashed at a time: WebCrypto cannot hash a stream. */
const HASH_CHUNK = 2 ** 26;

/** SHA-256, as hex, over the texts and the SHA-256 of each chunk of the weights. */
async function identify(texts: readonly string[], weights: ByteSource): Promise<string> {
  const parts: BlobPart[] = [JSON.stringify(texts)];
  for (let start = 0; start < weights.byteLength; start += HASH_CHUNK) {
    const chunk = await weights.slice(start, Math.min(weights.byteLength, start + HASH_CHUNK));
    parts.push(await crypto.subtle.digest('SHA-256', chunk));
  }
  return sha256Hex(await new Blob(parts).arrayBuffer());
}
