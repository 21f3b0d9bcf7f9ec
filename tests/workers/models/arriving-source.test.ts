import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/formats/byte-source';
import { arrivingSource } from '../../../workers/models/arriving-source';

/** Eight bytes, of which the first `there` have arrived. */
function file() {
  const bytes = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
  const state = { there: 0 };
  return { state, has: (_: number, end: number) => end <= state.there, source: () => bufferSource(bytes) };
}

test('a slice waits until its last byte has arrived', async () => {
  const arriving = file();
  const source = arrivingSource(arriving);
  const order: string[] = [];
  const late = source.slice(4, 8).then((bytes) => order.push(`late ${new Uint8Array(bytes).join('')}`));
  const early = source.slice(0, 4).then((bytes) => order.push(`early ${new Uint8Array(bytes).join('')}`));
  arriving.state.there = 3;
  source.arrived();
  arriving.state.there = 4;
  source.arrived();
  await early;
  expect(order).toEqual(['early 0123']);
  arriving.state.there = 8;
  source.arrived();
  await late;
  expect(order).toEqual(['early 0123', 'late 4567']);
});

test('a failed download refuses who waits and whoever comes later, what is there included', async () => {
  const arriving = file();
  const source = arrivingSource(arriving);
  const waiting = source.slice(0, 8);
  arriving.state.there = 4;
  source.fail(new Error('cut'));
  await expect(waiting).rejects.toThrow('cut');
  await expect(source.slice(4, 8)).rejects.toThrow('cut');
  await expect(source.slice(0, 4)).rejects.toThrow('cut');
});
