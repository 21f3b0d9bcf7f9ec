import { expect, test } from 'vitest';
import { Failure } from '../../src/core/failure';
import { towerPair } from '../../src/engine/tower-pair';

/** Towers that log what is done to them; `room` of them fit in memory at once. */
function towers(room: number) {
  const log: string[] = [];
  let open = 0;
  const opener = (name: string) => async () => {
    if (open >= room) throw new Failure('OutOfMemory', `No room for ${name}`);
    open++;
    log.push(`open ${name}`);
    return {
      outputDim: 1,
      batchOf: (count: number) => count,
      encode: () => Promise.resolve(new Float32Array(1)),
      release: async () => {
        open--;
        log.push(`release ${name}`);
      },
    };
  };
  return { log, image: opener('image'), text: opener('text') };
}

test('where both fit, each is opened once and kept', async () => {
  const made = towers(2);
  const pair = towerPair(made, true);
  const first = await pair.image();
  await pair.text();
  expect(await pair.image()).toBe(first);
  expect(made.log).toEqual(['open image', 'open text']);
  await pair.release();
  expect(made.log).toEqual(['open image', 'open text', 'release image', 'release text']);
});

test('where memory is short, one is released before the other is opened', async () => {
  const made = towers(1);
  const pair = towerPair(made, false);
  await pair.image();
  await pair.text();
  await pair.image();
  expect(made.log).toEqual(['open image', 'release image', 'open text', 'release text', 'open image']);
});

test('a pair that does not fit after all goes on one at a time', async () => {
  const made = towers(1);
  const pair = towerPair(made, true);
  await pair.image();
  await pair.text();
  await pair.image();
  expect(made.log).toEqual(['open image', 'release image', 'open text', 'release text', 'open image']);
});

test('a tower that does not fit alone is refused as it is', async () => {
  const pair = towerPair(towers(0), true);
  await expect(pair.image()).rejects.toMatchObject({ name: 'OutOfMemory', message: 'No room for image' });
  await pair.release();
});
