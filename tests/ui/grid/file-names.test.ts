import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { archivePlaces, safeName } from '../../../src/ui/grid/file-names';

test.each([
  ['IMG_0001.JPG', 'IMG_0001.JPG'],
  ['é عربي 👩‍👩‍👧 می‌روم.jpg', 'é عربي 👩‍👩‍👧 می‌روم.jpg'],
  ['..', '__'],
  ['.', '_'],
  ['C:', 'C_'],
  ['a?b"c*d<e>f|g\\h:i.jpg', 'a_b_c_d_e_f_g_h_i.jpg'],
  ['line\nbreak\ttab.jpg', 'line_break_tab.jpg'],
  ['ends in dots...', 'ends in dots___'],
  ['ends in a space ', 'ends in a space_'],
  ['con', '_con'],
  ['CON.jpg', '_CON.jpg'],
  ['aux.tar.gz', '_aux.tar.gz'],
  ['LPT1', '_LPT1'],
  ['lpt².png', '_lpt².png'],
  ['console.jpg', 'console.jpg'],
])('%j is written as %j', (name, written) => {
  expect(safeName(name)).toBe(written);
});

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('places in an archive', () => {
  test.each([
    ['two cards', ['DCIM/IMG_1.JPG', 'DCIM/IMG_1.JPG'], ['DCIM/IMG_1.JPG', 'DCIM/IMG_1 (2).JPG']],
    ['two cases', ['a/b.jpg', 'A/B.JPG'], ['a/b.jpg', 'A/B (2).JPG']],
    ['two forms of é', ['\u00e9.jpg', 'e\u0301.jpg'], ['\u00e9.jpg', 'e\u0301 (2).jpg']],
    ['a number that is there already', ['a (2).jpg', 'a.jpg', 'a.jpg'], ['a (2).jpg', 'a.jpg', 'a (3).jpg']],
    ['names alike once written', ['a?.jpg', 'a*.jpg'], ['a_.jpg', 'a_ (2).jpg']],
    ['a folder named as a file', ['x/a.jpg', 'x/a.jpg/b.jpg'], ['x/a.jpg', 'x/a (2).jpg/b.jpg']],
    ['a file named as a folder', ['x/a.jpg/b.jpg', 'x/a.jpg'], ['x/a.jpg/b.jpg', 'x/a (2).jpg']],
    ['ways out', ['../../etc/x.jpg', '/C:/x.jpg', '..'], ['__/__/etc/x.jpg', 'C_/x.jpg', '__ (2)']],
  ])('%s', (_, paths, places) => {
    expect(paths.map(archivePlaces())).toEqual(places);
  });

  it('are never two in one, and never out of the archive, whatever the paths', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'A', 'a (2)', 'a.jpg', 'a (2).jpg', '..', 'con', '\u00e9', 'e\u0301', ''),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        const places = paths.map(archivePlaces());
        const kinds = new Map<string, string>();
        for (const place of places) {
          const names = place.split('/');
          expect(names.every((each) => safeName(each) === each && each !== '' && bytes(each) <= 255)).toBe(
            true,
          );
          for (let depth = 1; depth <= names.length; depth++) {
            const key = names.slice(0, depth).join('/').normalize('NFC').toLowerCase();
            const kind = depth < names.length ? 'folder' : 'file';
            // A second file, or a file where a folder is.
            if (kinds.has(key) && (kinds.get(key) !== 'folder' || kind !== 'folder')) return false;
            kinds.set(key, kind);
          }
        }
        return true;
      }),
      { numRuns: 500 },
    );
  });
});
