import { expect, it } from 'vitest';
import { watchPageLife } from '../../../src/ui/app/page-life';

it('a page that the browser keeps is left, and begins anew when it is shown again; any other is not touched', () => {
  const page = new EventTarget();
  const done: string[] = [];
  watchPageLife(page, { onleave: () => done.push('left'), onreturn: () => done.push('returned') });
  const send = (type: string, persisted: boolean) =>
    page.dispatchEvent(Object.assign(new Event(type), { persisted }));
  send('pageshow', false);
  send('pagehide', false);
  expect(done).toEqual([]);
  send('pagehide', true);
  expect(done).toEqual(['left']);
  send('pageshow', true);
  expect(done).toEqual(['left', 'returned']);
});
