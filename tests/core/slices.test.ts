import { expect, it } from 'vitest';
import { slices } from '../../src/core/slices';

it('tells the progress first, lets other tasks run, and stops once that is wanted', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const pause = slices(
    {
      signal: stop.signal,
      onProgress: (done, total) => {
        seen.push(`${done} of ${total}`);
        // A task of its own: the work below ends only if it lets that run.
        if (seen.length === 2) setTimeout(() => stop.abort());
      },
    },
    'It was stopped.',
  );
  await pause(0, 10);
  expect(seen).toEqual(['0 of 10']);
  const stopped = (async () => {
    for (let done = 1; ; done++) await pause(done, 10);
  })();
  await expect(stopped).rejects.toMatchObject({ name: 'Cancelled', message: 'It was stopped.' });
});
