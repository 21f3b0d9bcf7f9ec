import { describe, expect, it } from 'vitest';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { Compare } from '../../../src/ui/compare/compare.svelte';
import type { CompareParts, OpenedView } from '../../../src/ui/compare/view';
import type { View } from '../../../src/ui/compare/views';
import { settled } from '../fakes';

function compareOver(load: View['load']) {
  const notices = new Notices();
  const views: View[] = [{ id: 'photos', title: 'Photos', load }];
  return { notices, compare: new Compare({ notices } as unknown as CompareParts, views) };
}

describe('Compare', () => {
  it('loads a view once, when the page is first shown', async () => {
    let [loads, begun] = [0, 0];
    const state = { opened: true };
    const { compare } = compareOver(async () => {
      loads++;
      return () => {
        begun++;
        return { state, asks: () => begun > 0 } as unknown as OpenedView;
      };
    });
    compare.show('photos');
    await settled();
    expect([loads, compare.opened, compare.asks]).toEqual([0, undefined, false]);
    compare.activate(true);
    compare.show('photos');
    await settled();
    expect(compare.opened?.state).toBe(state);
    compare.activate(false);
    compare.activate(true);
    await settled();
    expect(begun).toBe(1);
    expect(compare.asks).toBe(true);
  });

  it('says when a view could not be loaded, and loads it when asked again', async () => {
    let isThere = false;
    const { compare, notices } = compareOver(async () => {
      if (!isThere) throw new TypeError('Failed to fetch dynamically imported module');
      return () => ({ state: 1 }) as unknown as OpenedView;
    });
    compare.activate(true);
    await settled();
    expect(notices.problems).toMatchObject([
      { name: 'NetworkFailed', happened: '“Photos” could not be loaded.', action: { label: 'Try again' } },
    ]);
    isThere = true;
    notices.problems[0]!.action!.run();
    await settled();
    expect(notices.problems).toEqual([]);
    expect(compare.opened?.state).toBe(1);
  });
});
