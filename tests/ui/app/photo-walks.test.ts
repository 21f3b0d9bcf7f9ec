/** Whatever happens to photos and in whatever order: in the end each is found, none twice, and nothing removed is back. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CARDS, FOLDERS, PhotoWorld, SINGLES, type Tally } from '../../helpers/photo-world';
import { keyOf } from '../fakes';

const WALKS = 2000;
/** The same walks each time; another number walks elsewhere. */
const SEED = 16;

/** What may happen; it may be waited for. */
const EVENTS: Readonly<Record<string, (world: PhotoWorld, a: number, b: number) => unknown>> = {
  give: (world, a) => world.give(FOLDERS[a % FOLDERS.length]!),
  list: (world, a) => world.give(CARDS[a % CARDS.length]!),
  choose: (world, a) => world.give(SINGLES[a % SINGLES.length]!),
  remove: (world, a) => world.remove(a),
  undo: (world) => world.undo(),
  keepRemoval: (world) => world.app.gallery.keepRemoval(),
  edit: (world, a, b) => world.edit(a, b % 2 === 0),
  touch: (world, a) => world.touch(a),
  move: (world, a, b) => world.move(a, b),
  copy: (world, a, b) => world.copy(a, b),
  swap: (world, a, b) => world.swap(a, b),
  spoil: (world, a) => world.spoil(a),
  delete: (world, a) => world.delete(a),
  lock: (world, a) => world.lock(a),
  drive: (world) => (world.disk.isAway = !world.disk.isAway),
  memory: (world) => (world.isShortOfMemory = !world.isShortOfMemory),
  reader: (world) => (world.doesReaderDie = !world.doesReaderDie),
  tower: (world) => (world.doesTowerFail = !world.doesTowerFail),
  model: (world) => world.otherModel(),
  look: (world) => world.app.tryAgain(),
  cancel: (world) => world.app.indexing.phase === 'running' && world.app.indexing.cancel(),
  visit: (world) => world.visit(),
  secondTab: (world, a) => world.secondTab(FOLDERS[a % FOLDERS.length]!),
};

/** Folders are given and photos removed as often as anything else happens to them. */
const OFTEN = ['give', 'give', 'list', 'choose', 'remove', 'remove', 'remove', 'visit'];

const step = fc.record({
  event: fc.constantFrom(...Object.keys(EVENTS), ...OFTEN),
  a: fc.nat(30),
  b: fc.nat(30),
  wait: fc.constantFrom('no', 'some', 'idle'),
});

async function check(world: PhotoWorld, tally: Tally): Promise<void> {
  const { app, disk, removed } = world;
  const matches = await found(world);
  const shown = app.photos.ids().map((id) => ({ id, place: world.placeOf(id) }));
  for (const [path, { content }] of disk.files) {
    if (![...world.given].some((given) => path === given || path.startsWith(`${given}/`))) continue;
    // The place of a photo whose folder has no handle is known only in the visit in which it was given.
    const isListed = [...CARDS, ...SINGLES].some((given) => path === given || path.startsWith(`${given}/`));
    const isHere = ({ id }: { id: number }) => app.photos.current(id)?.key === keyOf(content);
    const all = shown.filter(({ place }) => place === path);
    const here = isListed ? all.filter(isHere).slice(0, 1) : all;
    const isHidden = removed.get(path) === content;
    const isPicture = !content.startsWith('x');
    expect(here.length, `${path} is shown`).toBe(isPicture && !isHidden ? 1 : 0);
    for (const { id } of here) {
      expect(app.photos.current(id)?.key, path).toBe(keyOf(content));
      expect(matches.get(id), `${path} is found by its content`).toBeCloseTo(
        Math.cos((Number(content) * Math.PI) / 180),
        3,
      );
      tally.found++;
    }
  }
  expect(world.twice, 'embedded twice').toEqual([]);
}

/** The cosine of every photo that a search finds. */
async function found(world: PhotoWorld): Promise<Map<number, number>> {
  return new Map((await world.search()).map(({ id, score }) => [id, score]));
}

it(`in ${WALKS} walks every photo is found, nothing is embedded twice, and nothing removed comes back`, async () => {
  const tally: Tally = { events: 0, visits: 0, encoded: 0, removed: 0, found: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const world = new PhotoWorld(tally);
      await world.visit();
      await world.give(FOLDERS[steps[0]!.a % FOLDERS.length]!);
      for (const { event, a, b, wait } of steps) {
        tally.events++;
        const work = Promise.resolve(EVENTS[event]!(world, a, b));
        if (wait !== 'no' || event === 'visit') await work;
        if (wait === 'some') await new Promise((resolve) => setImmediate(resolve));
        if (wait === 'idle') await world.idle();
        world.noticeFolders();
      }
      await world.clear();
      await check(world, tally);
    }),
    { numRuns: WALKS, seed: Number(process.env.SEED ?? SEED), endOnFailure: true },
  );
  console.log(
    Object.entries(tally)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  );
}, 300_000);
