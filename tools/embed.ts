/**
 * Embeds the pictures of folders and tars into clip-retrieval's layout, alone or as one of N that share the work.
 * `npm run embed -- --help` tells how.
 */
import { failureName, messageOf } from '../src/core/failure';
import { embedPartition } from './embed/embed-partition';
import { HELP, readOptions } from './embed/embed-options';
import { listPictures } from './embed/picture-list';
import { openModel } from './evaluation/model';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
  } else {
    const pictures = await listPictures(options.inputs);
    if (pictures.length === 0) throw new TypeError(`There is no picture in ${options.inputs.join(', ')}.`);
    const model = await openModel(options.model, options.arithmetic);
    const { number, of, out } = options;
    const { embedded, skipped, found } = await embedPartition(
      { pictures, number, of, out },
      model,
      (done, total) => console.error(`partition ${number} of ${of}: ${done} of ${total} pictures`),
    );
    await model.release();
    console.log(JSON.stringify({ partition: number, of, embedded, skipped, found }));
  }
} catch (error) {
  const name = failureName(error);
  console.error(`${name === undefined ? '' : `${name}: `}${messageOf(error)}`);
  if (name === undefined && !(error instanceof TypeError)) console.error(error);
  console.error('npm run embed -- --help tells what there is.');
  process.exitCode = 1;
}
