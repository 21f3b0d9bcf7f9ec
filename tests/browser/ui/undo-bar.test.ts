import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import UndoBar from '../../../src/ui/photos/UndoBar.svelte';

let dismissed: number;
let bar: object;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  dismissed = 0;
  bar = mount(UndoBar, {
    target: document.body,
    props: { count: 2, onundo: () => undefined, ondismiss: () => dismissed++ },
  });
});
afterEach(async () => {
  await unmount(bar);
  vi.useRealTimers();
});

const time = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const region = () => document.querySelector('[aria-label="Removed photos"]')!;

it('goes by itself after ten seconds', async () => {
  await time(9.9);
  expect(dismissed).toBe(0);
  await time(0.2);
  expect(dismissed).toBe(1);
});

it('stays while the focus or the pointer is on it, and ten seconds more', async () => {
  await userEvent.tab();
  expect(region().contains(document.activeElement)).toBe(true);
  await time(60);
  expect(dismissed).toBe(0);
  (document.activeElement as HTMLElement).blur();
  await time(9);
  region().dispatchEvent(new PointerEvent('pointerenter'));
  await time(60);
  expect(dismissed).toBe(0);
  region().dispatchEvent(new PointerEvent('pointerleave'));
  await time(11);
  expect(dismissed).toBe(1);
});
