import { expect, it } from 'vitest';
import { ContentsUnderWay } from '../../../src/ui/indexing/contents-under-way';

it('tells of work that is under way, or has ended since', async () => {
  const contents = new ContentsUnderWay();
  const before = contents.now;
  const end = contents.begin('tiny', ['a', 'b']);
  const waiting = contents.of('tiny', 'a', before);
  expect(waiting).toBeDefined();
  expect(contents.of('other', 'a', before)).toBeUndefined();
  expect(contents.of('tiny', 'c', before)).toBeUndefined();
  end();
  await waiting;
  expect(contents.of('tiny', 'a', before)).toBeDefined();
  expect(contents.of('tiny', 'a', contents.now)).toBeUndefined();
});
