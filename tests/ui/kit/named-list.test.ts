import { beforeEach, expect, it } from 'vitest';
import { NamedList } from '../../../src/ui/kit/named-list.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { memoryIn } from '../fakes';

interface Item {
  readonly name: string;
  readonly what: number;
}

let kept: Map<string, string>;
let notices: Notices;

beforeEach(() => {
  kept = new Map();
  notices = new Notices();
});

const open = (memory = memoryIn(kept)) =>
  new NamedList<Item>({ memory, key: 'k', read: (value) => value as Item[], notices, topic: 't' });

it('keeps items by name until they are renamed or removed, in place of those of one name', () => {
  const list = open();
  list.save({ name: 'b', what: 1 });
  list.save({ name: 'a', what: 2 });
  list.save({ name: 'b', what: 3 });
  expect(open().items).toEqual([
    { name: 'a', what: 2 },
    { name: 'b', what: 3 },
  ]);
  list.rename('b', 'a');
  list.rename('gone', 'x');
  expect(open().items).toEqual([{ name: 'a', what: 3 }]);
  expect([list.freeName('a'), list.freeName('c')]).toEqual(['a (2)', 'c']);
  list.remove('a');
  expect(open().items).toEqual([]);
});

it('takes its last change back, once, unless it was settled', () => {
  const list = open();
  list.save({ name: 'a', what: 1 });
  list.remove('a');
  expect(list.canUndo).toBe(true);
  list.undo();
  expect([list.canUndo, open().items.length]).toEqual([false, 1]);
  list.undo();
  expect(list.items).toHaveLength(1);
  list.remove('a');
  list.settle();
  expect(list.canUndo).toBe(false);
});

it('stays as it was where nothing can be kept, which is told', () => {
  const full = {
    ...memoryIn(kept),
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  const list = open(full);
  list.save({ name: 'a', what: 1 });
  expect([list.items, list.canUndo, notices.problems.length]).toEqual([[], false, 1]);
});
