import { mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Example } from '../../../src/ui/search/question';
import SearchLine from '../../../src/ui/search/SearchLine.svelte';

const cat: Example = { kind: 'photo', id: 1, name: 'cat.jpg' };
const dog: Example = { kind: 'photo', id: 2, name: 'dog.jpg' };

/** What the line told of, in order. */
let told: unknown[];
let line: object | undefined;
afterEach(async () => {
  if (line) await unmount(line);
});

async function open(text: string, examples: readonly Example[]): Promise<void> {
  told = [];
  line = mount(SearchLine, {
    target: document.body,
    props: {
      text,
      examples,
      dragging: false,
      busy: false,
      waitsFor: undefined,
      ontype: (typed: string) => told.push(typed),
      ondone: () => told.push('done'),
      onclear: () => told.push('clear'),
      onpicture: () => told.push('picture'),
      ondropexample: (example: Example) => told.push(example),
      onleave: () => told.push('leave'),
    },
  });
  await page.getByRole('searchbox', { name: 'Search photos' }).click();
}

const isIn = () => document.activeElement?.getAttribute('aria-label') === 'Search photos';

it('tells of every letter', async () => {
  await open('', []);
  await userEvent.keyboard('cat');
  expect(told).toEqual(['c', 'ca', 'cat']);
});

it.each(['{ArrowDown}', '{Enter}'])('goes down into the pictures with %s', async (key) => {
  await open('a', []);
  await userEvent.keyboard(key);
  expect(told).toEqual(['done', 'leave']);
});

it('gives up the last picture with a backspace before all words', async () => {
  await open('', [cat, dog]);
  await userEvent.keyboard('{Backspace}');
  expect(told).toEqual([dog]);
});

it('takes a letter away, and no picture, with a backspace after words', async () => {
  await open('ab', [cat]);
  await userEvent.keyboard('{End}{Backspace}');
  expect(told).toEqual(['a']);
});

it('is cleared with escape, and left where there is nothing to clear', async () => {
  await open('', [cat]);
  await userEvent.keyboard('{Escape}');
  expect(told).toEqual(['clear']);
  expect(isIn()).toBe(true);
  await unmount(line!);
  await open('', []);
  await userEvent.keyboard('{Escape}');
  expect(told).toEqual(['done']);
  expect(isIn()).toBe(false);
});
