import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Provenance } from '../../src/exchange/provenance';
import { EmbedFailure } from './embed-failure';
import { createWhole } from './whole-file';

/** What all partitions in a folder have in common. */
export interface CommonToAll {
  /** How many they are. */
  readonly of: number;
  /** 32 hex digits that identify the model and its preprocessing. */
  readonly weights: string;
  readonly made: Provenance;
}

const FILE = 'run.json';

/**
 * Notes in `out` what its partitions have in common, or requires that it is the same as before.
 *
 * Why: two splits name their partitions alike, and readers take all that lie there, so pictures would be there twice or
 * not at all, or rows of two models side by side, and nothing would tell.
 * @throws PartitionsMixed, and the system's errors
 */
export async function requireSameRun(out: string, { of, weights, made }: CommonToAll): Promise<void> {
  const file = path.join(out, FILE);
  const { model, precision } = made;
  if (await createWhole(file, `${JSON.stringify({ partitions: of, model, precision, weights })}\n`)) return;
  const before = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const refuse = (holds: string, given: string, todo: string) =>
    new EmbedFailure('PartitionsMixed', `${out} holds ${holds}, and these would be ${given}.`, todo);
  if (before['partitions'] !== of) {
    const parts = String(before['partitions']);
    throw refuse(
      `embeddings in ${parts} partitions`,
      `in ${of}`,
      `Go on with --partition I/${parts}, or choose another folder with --out.`,
    );
  }
  if (before['weights'] !== weights || before['precision'] !== precision)
    throw refuse(
      `embeddings of ${String(before['model'])} in ${String(before['precision'])}`,
      `of ${model} in ${precision}, with other numbers`,
      'Choose another folder with --out: embeddings of two models cannot be compared.',
    );
}
