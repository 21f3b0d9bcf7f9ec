import { parseArgs } from 'node:util';
import type { LoadOptions } from '../../src/engine/runs-on';

export interface EmbedOptions {
  /** Folders and tars. */
  readonly inputs: readonly string[];
  /** Folder of the checkpoint. */
  readonly model: string;
  readonly out: string;
  /** This part of the work, counted from 0. */
  readonly number: number;
  readonly of: number;
  readonly arithmetic: LoadOptions['arithmetic'];
}

export const HELP = `npm run embed -- DIR|TAR... --model DIR --out DIR [options]

Embeds pictures with an OpenCLIP checkpoint into the layout of clip-retrieval: OUT/img_emb/img_emb_P.npy (float16, rows of
length 1), OUT/metadata/metadata_P.parquet (image_path; row i belongs to row i), OUT/stats, and OUT/failures for what cannot
be read. faiss, autofaiss, pgvector, LanceDB and Qdrant take it.

  DIR|TAR...          folders, with all below them, and tars as webdatasets have them
  --model DIR         open_clip_config.json, open_clip_model.safetensors, tokenizer.json, or the same by transformers
  --out DIR           where the result goes; what is there already is not computed again
  --partition I/N     embed only part I of N, counted from 0; N machines or processes share the work so. Default: 0/1
  --arithmetic NAME   fp32 (default), or auto, which is fp32 too: 8 bits are judged on the page alone

Each partition is written when it is complete. Run the same command again after it was interrupted or killed: it goes on
behind the last pictures that were kept. It ends with 0; with 2 if a tar or a folder could not be read to its end, and all else
is embedded; with 1 if it failed.`;

/** @throws TypeError if an option is missing or of no use */
export function readOptions(given: readonly string[]): EmbedOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      out: { type: 'string' },
      partition: { type: 'string', default: '0/1' },
      arithmetic: { type: 'string', default: 'fp32' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const { model, out, partition, arithmetic } = values;
  if (positionals.length === 0) throw new TypeError('Name a folder or a tar of pictures.');
  if (model === undefined) throw new TypeError('--model DIR is needed: the folder of a checkpoint.');
  if (out === undefined) throw new TypeError('--out DIR is needed: where the result goes.');
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(partition)?.map(Number) ?? [];
  if (number === undefined || of === undefined || number >= of)
    throw new TypeError(`--partition is I/N with I from 0 to N - 1, not ${partition}.`);
  if (arithmetic !== 'fp32' && arithmetic !== 'auto')
    throw new TypeError(`--arithmetic is fp32 or auto, not ${arithmetic}.`);
  return { inputs: positionals, model, out, number, of, arithmetic };
}
