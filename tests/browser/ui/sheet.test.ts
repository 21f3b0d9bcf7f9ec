import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../../src/ui/app/styles/base.css';
import Sheet from '../../../src/ui/kit/Sheet.svelte';

let sheet: object;
let closings: number;
beforeEach(() => {
  closings = 0;
  const children = createRawSnippet(() => ({ render: () => '<p>Inside</p>' }));
  const props = { title: 'Models', open: true, onclose: () => closings++, children };
  sheet = mount(Sheet, { target: document.body, props });
});
afterEach(() => unmount(sheet));

const dialog = () => page.getByRole('dialog', { name: 'Models' }).element() as HTMLDialogElement;

it('is closed by its button and by Escape', async () => {
  await expect.element(page.getByText('Inside')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  expect(closings).toBe(1);
  await userEvent.keyboard('{Escape}');
  expect(closings).toBe(2);
});

it('follows a browser that closes it', async () => {
  dialog().close();
  await expect.poll(() => closings).toBe(1);
});

it('stays open where the event of a closing before comes late', () => {
  dialog().dispatchEvent(new Event('close'));
  expect(closings).toBe(0);
});
