import { expect, it } from 'vitest';
import { Gate } from '../../../../src/ui/compare/benchmarks/gate.svelte';

it('holds what comes while it is closed, in order', async () => {
  const gate = new Gate();
  const passed: number[] = [];
  await gate.pass();
  gate.close();
  expect(gate.isClosed).toBe(true);
  const waiting = [1, 2].map((one) => gate.pass().then(() => passed.push(one)));
  await Promise.resolve();
  expect(passed).toEqual([]);
  gate.open();
  await Promise.all(waiting);
  expect(passed).toEqual([1, 2]);
});

it('turns away what waits and what comes once it is stopped, also when it is opened', async () => {
  const gate = new Gate();
  gate.close();
  const waiting = gate.pass();
  gate.stop();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'Cancelled' }));
  gate.open();
  await expect(gate.pass()).rejects.toThrow('stopped');
  expect(() => gate.check()).toThrow('stopped');
});
