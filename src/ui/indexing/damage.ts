import type { LibraryApi } from '../../../workers/api';
import type { Notices } from '../kit/notices.svelte';
import { plural } from '../kit/words';

interface DamageParts {
  readonly library: Pick<LibraryApi, 'damaged'>;
  readonly notices: Pick<Notices, 'warn' | 'clear'>;
}

const TOPIC = 'damaged embeddings';

/** Says that embeddings of `model` were found damaged on this device when the library was opened for it. */
export async function tellOfDamage({ library, notices }: DamageParts, model: string): Promise<void> {
  // A library worker that died says so by itself.
  const damaged = await library.damaged(model).catch(() => 0);
  if (damaged === 0) {
    notices.clear(TOPIC);
    return;
  }
  notices.warn(TOPIC, {
    happened: `${plural(damaged, 'embedding')} kept on this device ${damaged === 1 ? 'was' : 'were'} damaged and left out.`,
    todo: 'What is missing is indexed again by itself, as far as the files can be opened. If this comes back, have the disk checked.',
  });
}
