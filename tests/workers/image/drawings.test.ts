import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/core/failure';
import { Drawings, type Drawer } from '../../../workers/image/drawings';

const SVG = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
const PNG = Uint8Array.of(1, 2, 3);

/** The workers that were started, each with what it is doing. */
let drawers: {
  finish(png: Uint8Array<ArrayBuffer>): void;
  fail(error: unknown): void;
  die(): void;
  ended: boolean;
}[];
/** The deadlines that run. */
let deadlines: Set<() => void>;
/** What the workers wait for before they draw. */
let loading: Promise<void>;
let drawings: Drawings;

beforeEach(() => {
  drawers = [];
  deadlines = new Set();
  loading = Promise.resolve();
  drawings = new Drawings(start, (seconds) => {
    let pass = (): void => undefined;
    const passed = new Promise<never>((_, reject) => {
      pass = () => reject(new Failure('PictureTooComplex', `not done after ${seconds} seconds`));
    });
    deadlines.add(pass);
    return { passed, stop: () => deadlines.delete(pass) };
  });
});

function start(): Drawer {
  let finish!: (png: Uint8Array<ArrayBuffer>) => void;
  let fail!: (error: unknown) => void;
  let die!: () => void;
  const died = new Promise<never>((_, reject) => (die = () => reject(new Failure('WorkerDied', 'stopped'))));
  died.catch(() => undefined);
  const drawer = {
    finish: (png: Uint8Array<ArrayBuffer>) => finish(png),
    fail: (error: unknown) => fail(error),
    die: () => die(),
    ended: false,
  };
  drawers.push(drawer);
  const draw = () =>
    new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  return { api: { load: async () => loading, draw }, died, end: () => (drawer.ended = true) };
}

/** Lets what was begun go as far as it can. */
const begun = () => new Promise((resolve) => setTimeout(resolve));

describe('a drawing', () => {
  test('is drawn by a worker that is used again', async () => {
    for (let i = 0; i < 3; i++) {
      const drawn = drawings.draw(SVG);
      await begun();
      drawers[0]!.finish(PNG);
      expect(await drawn).toBe(PNG);
    }
    expect(drawers).toHaveLength(1);
    expect([drawers[0]!.ended, deadlines.size]).toEqual([false, 0]);
  });

  test('that does not end is ended with its worker, and the next gets another', async () => {
    const drawn = drawings.draw(SVG);
    await begun();
    for (const pass of deadlines) pass();
    await expect(drawn).rejects.toMatchObject({
      name: 'PictureTooComplex',
      message: 'not done after 10 seconds',
    });
    expect([drawers[0]!.ended, deadlines.size]).toEqual([true, 0]);
    const next = drawings.draw(SVG);
    await begun();
    drawers[1]!.finish(PNG);
    expect(await next).toBe(PNG);
  });

  test.each([
    ['cannot be read', (drawer: (typeof drawers)[0]) => drawer.fail('no SVG'), 'PictureUnreadable'],
    ['that stops its worker', (drawer: (typeof drawers)[0]) => drawer.die(), 'WorkerDied'],
  ])('that %s has a failure of its own', async (_, happen, name) => {
    const drawn = drawings.draw(SVG);
    await begun();
    happen(drawers[0]!);
    await expect(drawn).rejects.toMatchObject({ name });
    expect([drawers[0]!.ended, deadlines.size]).toEqual([true, 0]);
  });

  test('waits for what draws as long as the network takes, and is not at fault if it does not come', async () => {
    let arrive!: () => void;
    loading = new Promise((resolve) => (arrive = resolve));
    const drawn = drawings.draw(SVG);
    await begun();
    expect(deadlines.size).toBe(0);
    arrive();
    await begun();
    expect(deadlines.size).toBe(1);
    drawers[0]!.finish(PNG);
    expect(await drawn).toBe(PNG);
    loading = Promise.reject(new Failure('NetworkFailed', 'what draws SVG did not arrive'));
    await expect(drawings.draw(SVG)).rejects.toMatchObject({ name: 'NetworkFailed' });
    expect([drawers[0]!.ended, deadlines.size]).toEqual([true, 0]);
  });

  test('of too many tags is not begun', async () => {
    const many = new TextEncoder().encode('<a/>'.repeat(400_001));
    await expect(drawings.draw(many)).rejects.toMatchObject({ name: 'PictureTooComplex' });
    expect(drawers).toEqual([]);
  });
});
