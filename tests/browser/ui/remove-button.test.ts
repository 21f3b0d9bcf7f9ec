import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import RemoveButton from '../../../src/ui/kit/RemoveButton.svelte';

let removed: number;
let button: object;

beforeEach(() => {
  removed = 0;
  button = mount(RemoveButton, {
    target: document.body,
    props: { name: 'Tiny', onremove: () => removed++ },
  });
});
afterEach(() => unmount(button));

const focused = () => document.activeElement?.getAttribute('aria-label');

it('takes no focus before it is used, and asks before it removes', async () => {
  expect(focused()).toBeNull();
  await userEvent.tab();
  expect(focused()).toBe('Remove Tiny');
  await userEvent.keyboard('{Enter}');
  expect(focused()).toBe('Remove Tiny for good');
  expect(removed).toBe(0);
  await userEvent.keyboard('{Enter}');
  expect(removed).toBe(1);
});

it('gives the focus back where the thing is kept', async () => {
  await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  await userEvent.tab();
  expect(focused()).toBe('Keep Tiny');
  await userEvent.keyboard('{Enter}');
  expect(focused()).toBe('Remove Tiny');
  expect(removed).toBe(0);
});
