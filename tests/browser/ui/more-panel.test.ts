import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../../src/ui/app/styles/base.css';
import MorePanel from '../../../src/ui/kit/MorePanel.svelte';

let panel: object;
/** Keys that reached the page. */
let passed: string[];

const pass = ({ key }: KeyboardEvent) => void passed.push(key);

beforeEach(() => {
  passed = [];
  addEventListener('keydown', pass);
  const children = createRawSnippet<[close: () => void]>((close) => ({
    render: () => '<button type="button">Inside</button>',
    setup: (button) => button.addEventListener('click', () => close()()),
  }));
  panel = mount(MorePanel, { target: document.body, props: { title: 'More', children } });
});
afterEach(async () => {
  removeEventListener('keydown', pass);
  await unmount(panel);
});

const more = page.getByRole('button', { name: 'More' });
const inside = page.getByRole('button', { name: 'Inside' });
const isOpen = () => more.element().getAttribute('aria-expanded') === 'true';
const hasFocus = () => document.activeElement === more.element();

it('opens by the keyboard, closes with Escape alone, and gives the focus back', async () => {
  expect(inside.elements()).toEqual([]);
  (more.element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(inside).toBeVisible();
  expect(isOpen()).toBe(true);
  await expect.poll(() => document.activeElement?.getAttribute('role')).toBe('dialog');
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(inside.element());
  passed = [];
  await userEvent.keyboard('{Escape}');
  expect(inside.elements()).toEqual([]);
  expect(isOpen()).toBe(false);
  expect(hasFocus()).toBe(true);
  expect(passed).toEqual([]);
  await userEvent.keyboard('{Escape}');
  expect(passed).toEqual(['Escape']);
});

it('closes from inside, and by a second press', async () => {
  await more.click();
  await inside.click();
  expect(inside.elements()).toEqual([]);
  expect(hasFocus()).toBe(true);
  await more.click();
  await expect.element(inside).toBeVisible();
  await more.click();
  expect(inside.elements()).toEqual([]);
});
