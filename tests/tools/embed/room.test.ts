import { expect, it } from 'vitest';
import { Room } from '../../../tools/embed/room';

it('lets in as many as there is room for, in their order, and the largest alone', async () => {
  const room = new Room(10);
  const sizes = [4, 5, 3, 25, 1, 9, 2];
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  await Promise.all(
    sizes.map((size) =>
      room.with(size, async () => {
        order.push(size);
        inside += Math.min(size, 10);
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= Math.min(size, 10);
      }),
    ),
  );
  expect(order).toEqual(sizes);
  expect(most).toBe(10);
});

it('has its room again after what failed', async () => {
  const room = new Room(1);
  await expect(room.with(1, () => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
  expect(await room.with(1, async () => 'in')).toBe('in');
});
