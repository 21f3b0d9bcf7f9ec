import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { keepFocus } from '../../../src/ui/kit/keep-focus';

const PAGE = `
  <header><div class="tools"><button id="tool">Tool</button></div></header>
  <main>
    <div id="panel" tabindex="-1">
      <div class="first"><button id="album">Album</button></div>
      <ul><li><button id="a">a</button></li><li><button id="b">b</button></li><li><button id="c">c</button></li></ul>
    </div>
    <div id="floats"><section><button id="remove">Remove</button></section></div>
  </main>
  <p id="beside">Beside</p>`;

let stop: (() => void) | undefined;
let homes: number;
let root: HTMLElement;

beforeEach(() => {
  homes = 0;
  root = document.createElement('div');
  root.innerHTML = PAGE;
  document.body.append(root);
  stop = keepFocus(() => homes++)(document) ?? undefined;
});
afterEach(() => {
  stop?.();
  root.remove();
});

const get = (id: string) => document.getElementById(id)!;
const focused = () => document.activeElement?.id ?? '';
/** Resolves once all who watch the page were told. */
const told = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));

async function loses(id: string, how: (element: HTMLElement) => void): Promise<string> {
  get(id).focus();
  how(get(id));
  await told();
  return focused();
}

describe('keepFocus', () => {
  it('gives the focus to what is now in its place, at the end to what is before it', async () => {
    expect(await loses('a', (one) => one.parentElement?.remove())).toBe('b');
    expect(await loses('c', (one) => one.parentElement?.remove())).toBe('b');
  });

  it('leaves it with what is put in another place', async () => {
    expect(await loses('a', (one) => one.closest('ul')?.append(one.parentElement!))).toBe('a');
    expect(
      await loses('b', (one) => {
        get('c').parentElement?.remove();
        one.closest('ul')?.append(one.parentElement!);
      }),
    ).toBe('b');
    expect(homes).toBe(0);
  });

  it('gives it to what comes instead', async () => {
    expect(
      await loses('remove', (one) => {
        one.parentElement?.remove();
        get('floats').innerHTML = '<section><p>1 photo removed</p><button id="undo">Undo</button></section>';
      }),
    ).toBe('undo');
    expect(homes).toBe(0);
  });

  it('gives it to the panel around, where that can have it', async () => {
    get('panel').querySelector('ul')?.remove();
    expect(await loses('album', (one) => one.parentElement?.remove())).toBe('panel');
  });

  it('goes home where nothing is near', async () => {
    await loses('remove', (one) => one.parentElement?.remove());
    expect(homes).toBe(1);
    await loses('tool', (one) => one.remove());
    expect(homes).toBe(2);
  });

  it('sees what is disabled or hidden as gone', async () => {
    expect(await loses('a', (one) => one.setAttribute('disabled', ''))).toBe('b');
    expect(await loses('b', (one) => (one.hidden = true))).toBe('c');
  });

  it('leaves the focus where it was put', async () => {
    expect(
      await loses('a', (one) => {
        one.parentElement?.remove();
        get('tool').focus();
      }),
    ).toBe('tool');
  });

  it('does not take it back from a person who clicked beside everything', async () => {
    get('a').focus();
    await userEvent.click(get('beside'));
    await told();
    get('a').remove();
    await told();
    expect(document.activeElement).toBe(document.body);
    expect(homes).toBe(0);
  });
});
