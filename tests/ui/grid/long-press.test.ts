import { beforeEach, expect, it } from 'vitest';
import { LongPress } from '../../../src/ui/grid/long-press';

const HERE = { clientX: 100, clientY: 200 };

let pressed: number[];
/** Ends the time that is waited for, if any is. */
let elapse: () => void;
let press: LongPress;

beforeEach(() => {
  pressed = [];
  elapse = () => undefined;
  press = new LongPress({
    after: (_milliseconds, work) => {
      elapse = work;
      return () => (elapse = () => undefined);
    },
    onpress: (id) => pressed.push(id),
  });
});

it('is a finger that rests, and the click at its end is none', () => {
  press.begin(7, HERE);
  expect(press.isDown).toBe(true);
  press.move({ clientX: 104, clientY: 203 });
  expect(pressed).toEqual([]);
  elapse();
  expect(pressed).toEqual([7]);
  press.end();
  expect(press.isDown).toBe(false);
  expect(press.takesClick()).toBe(true);
  expect(press.takesClick()).toBe(false);
});

it('is no tap', () => {
  press.begin(7, HERE);
  press.end();
  elapse();
  expect(pressed).toEqual([]);
  expect(press.takesClick()).toBe(false);
});

it('is no finger that scrolls', () => {
  press.begin(7, HERE);
  press.move({ clientX: 100, clientY: 211 });
  elapse();
  expect(pressed).toEqual([]);
});

it('ends for a second finger, and takes no later click', () => {
  press.begin(7, HERE);
  elapse();
  press.begin(8, HERE);
  expect(press.takesClick()).toBe(false);
  elapse();
  expect(pressed).toEqual([7, 8]);
});
