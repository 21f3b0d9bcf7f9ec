import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackStack } from '../../../src/ui/kit/back-stack';
import { FakeHistory } from '../fake-history';

interface Named {
  readonly kind: string;
  readonly name: string;
}

let history: FakeHistory;
let stack: BackStack<Named>;
/** What the page shows, and what it was told to, last first. */
let shown: readonly Named[];
/** Names of layers that can no longer be opened. */
let gone: string[];
/** What is to be done later. */
let putOff: (() => void)[];

/** Layers named by words; the kind of each is its first letter. */
const layers = (names: string): Named[] => names.split(' ').map((name) => ({ kind: name.charAt(0), name }));
const names = () => shown.map(({ name }) => name).join(' ');

/** The page shows these. */
function show(text: string): void {
  shown = layers(text);
  stack.show(shown, text.replaceAll(' ', '/'));
}

/** The page is opened at the current entry. */
function open(first: string): void {
  stack = new BackStack<Named>({
    history,
    stored: (layer) => layer,
    restored: (value) => value as Named,
    later: (work) => void putOff.push(work),
    onArrive: (arrived) => {
      shown = (arrived ?? layers('typed')).filter(({ name }) => !gone.includes(name));
      show(names());
    },
  });
  history.onArrive = (state) => stack.arrived(state);
  show(first);
}

beforeEach(() => {
  history = new FakeHistory();
  gone = [];
  putOff = [];
  open('q');
});

describe('BackStack', () => {
  it('gives each layer an entry, and the first the one that is there', () => {
    expect(history.addresses).toBe('q |');
    show('q sheet');
    show('q sheet photo');
    expect(history.addresses).toBe('q q/sheet q/sheet/photo |');
  });

  it('writes only what is new', () => {
    show('q sheet');
    const written = vi.spyOn(history, 'replaceState');
    show('q sheet');
    expect(written).not.toHaveBeenCalled();
    show('q second');
    expect(written).toHaveBeenCalledTimes(1);
    history.press(-1);
    written.mockClear();
    show('q');
    expect(written).not.toHaveBeenCalled();
    show('question');
    expect(written).toHaveBeenCalledTimes(1);
  });

  it('takes the topmost away on going back, one at a time', () => {
    show('q sheet');
    show('q sheet photo');
    history.press(-1);
    expect(names()).toBe('q sheet');
    history.press(-1);
    expect(names()).toBe('q');
    expect(history.addresses).toBe('q | q/sheet q/sheet/photo');
    expect(() => history.press(-1)).toThrow('It has left the page');
  });

  it('opens again on going forward', () => {
    show('q sheet');
    show('q sheet photo');
    history.press(-1);
    history.press(-1);
    history.press(1);
    history.press(1);
    expect(names()).toBe('q sheet photo');
    expect(history.addresses).toBe('q q/sheet q/sheet/photo |');
  });

  it('goes back by itself when one is closed, so that going back is never for nothing', () => {
    show('q sheet');
    show('q');
    history.settle();
    expect(history.addresses).toBe('q | q/sheet');
    show('q photo');
    expect(history.addresses).toBe('q q/photo |');
  });

  it('goes back over several at once', () => {
    show('q sheet');
    show('q sheet photo');
    show('q');
    history.settle();
    expect(history.addresses).toBe('q | q/sheet q/sheet/photo');
  });

  it('writes over what is exchanged, without a second entry', () => {
    show('q sheet-a');
    show('q sheet-b');
    expect(history.addresses).toBe('q q/sheet-b |');
    show('q photo');
    expect(history.addresses).toBe('q q/photo |');
    show('q sheet photo');
    expect(history.entries).toHaveLength(3);
    show('q query');
    history.settle();
    expect(history.addresses).toBe('q q/query | q/sheet/photo');
  });

  it('waits until it has arrived, and then shows the last', () => {
    show('q sheet');
    show('q');
    show('q sheet');
    show('q');
    show('q photo');
    history.settle();
    expect(history.addresses).toBe('q q/photo |');
    expect(names()).toBe('q photo');
  });

  it('goes with the person who presses Back while it is going by itself', () => {
    show('q sheet');
    show('q sheet photo');
    show('q sheet');
    history.go(-1);
    history.settle();
    expect(names()).toBe('q');
    expect(history.addresses).toBe('q | q/sheet q/sheet/photo');
  });

  it('knows what was typed below another layer', () => {
    show('q query sheet');
    show('q query-on sheet');
    history.press(-1);
    expect(names()).toBe('q query-on');
    expect(history.addresses).toBe('q q/query-on | q/query-on/sheet');
  });

  it('takes the entry of what cannot be opened again', () => {
    show('q photo');
    history.press(-1);
    gone = ['photo'];
    history.press(1);
    expect(names()).toBe('q');
    expect(history.addresses).toBe('q | q/photo');
  });

  it('goes on after a reload, and from what an earlier page left ahead', () => {
    show('q query');
    show('q query sheet');
    open('q query');
    history.settle();
    expect(history.addresses).toBe('q q/query | q/query/sheet');
    history.press(1);
    expect(names()).toBe('q query sheet');
    history.press(-1);
    history.press(-1);
    expect(names()).toBe('q');
  });

  it('starts anew at an address that was typed, and finds back', () => {
    show('q sheet');
    history.entries.push({ state: null, address: 'typed' });
    history.press(1);
    expect(names()).toBe('typed');
    show('typed photo');
    expect(history.addresses).toBe('q q/sheet typed typed/photo |');
    history.press(-1);
    history.press(-1);
    expect(names()).toBe('q sheet');
    history.press(-1);
    expect(names()).toBe('q');
  });

  it('does not mind a browser that refuses, and catches up', () => {
    history.isFull = true;
    show('q sheet');
    expect(history.addresses).toBe('q |');
    history.isFull = false;
    show('q sheet photo');
    expect(history.addresses).toBe('q q/sheet/photo q/sheet/photo |');
  });

  it('writes what was refused once the browser lets it, though the page does not change', () => {
    history.isFull = true;
    show('q sheet');
    show('q sheet photo');
    expect(putOff).toHaveLength(1);
    putOff.shift()!();
    expect(history.addresses).toBe('q |');
    history.isFull = false;
    putOff.shift()!();
    expect(history.addresses).toBe('q q/sheet/photo q/sheet/photo |');
    expect(putOff).toEqual([]);
  });
});
