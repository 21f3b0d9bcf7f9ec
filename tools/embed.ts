/**
 * Embeds the pictures of folders and tars into clip-retrieval's layout, alone or as one of N that share the work.
 * `npm run embed -- --help` tells how.
 */
import { requireCheckpoint } from './embed/checkpoint';
import { tellFailure } from './embed/embed-failure';
import { embedPartition } from './embed/embed-partition';
import { HELP, readOptions, type EmbedOptions } from './embed/embed-options';
import { listPictures } from './embed/picture-list';
import type { Gap } from './embed/files-below';
import { Failure } from '../src/core/failure';
import { openModel } from './evaluation/model';

/** All that could be read is embedded, but a folder or a tar could not be read to its end. */
const HAS_GAPS = 2;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await embed(options);
} catch (error) {
  console.error(tellFailure(error));
  process.exitCode = 1;
}

async function embed(options: EmbedOptions): Promise<void> {
  const { inputs, number, of, out } = options;
  await requireCheckpoint(options.model);
  const { pictures, gaps } = await listPictures(inputs);
  if (pictures.length === 0) throw new Failure('FileUnreadable', nothingIn(inputs, gaps));
  const model = await openModel(options.model, options.arithmetic);
  const say = (done: number, total: number) =>
    console.error(`partition ${number} of ${of}: ${done} of ${total} pictures`);
  const result = await embedPartition({ pictures, gaps, number, of, out }, model, say);
  await model.release();
  const peak_megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ partition: number, of, ...result, gaps, peak_megabytes }));
  for (const { path, message } of gaps) console.error(`${path} could not be read to its end: ${message}`);
  if (gaps.length > 0) process.exitCode = HAS_GAPS;
}

function nothingIn(inputs: readonly string[], gaps: readonly Gap[]): string {
  const why = gaps.map(({ path, message }) => ` ${path}: ${message}`).join('');
  return `There is no picture in ${inputs.join(', ')}.${why}`;
}
