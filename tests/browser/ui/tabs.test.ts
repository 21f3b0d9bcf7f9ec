import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { PAGES, type Tab } from '../../../src/ui/app/pages';
import Tabs from '../../../src/ui/app/Tabs.svelte';

const ids = PAGES.map(({ id }) => id);
let chosen: Tab[];
let tabs: object;

beforeEach(() => {
  chosen = [];
  tabs = mount(Tabs, {
    target: document.body,
    props: { tab: ids[0]!, onchoose: (tab: Tab) => chosen.push(tab) },
  });
});
afterEach(() => unmount(tabs));

const focused = () => document.activeElement?.textContent;

it('has every page in order, of which the tab key reaches the one that is shown', async () => {
  const titles = PAGES.map(({ title }) => title);
  expect(
    page
      .getByRole('tab')
      .elements()
      .map((tab) => tab.textContent),
  ).toEqual(titles);
  await userEvent.tab();
  expect(focused()).toBe(titles[0]);
  await userEvent.tab();
  expect(titles).not.toContain(focused());
});

it('moves by arrow key, around the ends too, and takes the focus along', async () => {
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}');
  expect(chosen).toEqual([ids[1]]);
  expect(focused()).toBe(PAGES[1]?.title);
  // The page that is shown stays the first until whoever was told says otherwise.
  await userEvent.keyboard('{ArrowLeft}');
  expect(chosen).toEqual([ids[1], ids.at(-1)]);
  expect(focused()).toBe(PAGES.at(-1)?.title);
});
