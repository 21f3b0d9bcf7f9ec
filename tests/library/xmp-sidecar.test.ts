import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withKeywords } from '../../src/library/xmp-sidecar';

/** Written by exiftool 12.57: two keywords, a rating, a title, an exposure. */
const BY_EXIFTOOL = readFileSync('tests/fixtures/xmp/exiftool.xmp', 'utf8');

/** As darktable lays a sidecar out: properties as attributes, one description, lists in it. */
const ATTRIBUTES = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">',
  ' <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
  '  <r:Description r:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/>',
  ' </r:RDF>',
  '</x:xmpmeta>',
  '',
].join('\r\n');

const EMPTY =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>';

const hasExiftool = (() => {
  try {
    execFileSync('exiftool', ['-ver']);
    return true;
  } catch {
    return false;
  }
})();

interface Read {
  readonly SourceFile: string;
  readonly Subject?: string | string[];
  readonly HierarchicalSubject?: string | string[];
  readonly Rating?: number;
  readonly Title?: string;
}

/** What exiftool reads of texts, by the names they are given. */
async function readBack(files: Readonly<Record<string, string>>): Promise<Map<string, Read>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clipscope-xmp-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    const told = execFileSync('exiftool', ['-j', '-q', folder], { encoding: 'utf8' });
    const all = JSON.parse(told) as Read[];
    return new Map(all.map((one) => [path.basename(one.SourceFile), one]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is left of a text without the keywords' items. */
const without = (text: string, keywords: readonly string[]) =>
  keywords.reduce(
    (rest, keyword) => rest.replaceAll(new RegExp(`\\s*<\\w+:li>${keyword}</\\w+:li>`, 'g'), ''),
    text,
  );

describe('a sidecar that exists', () => {
  it('gets what it lacks, and keeps every other character', () => {
    const merged = withKeywords(BY_EXIFTOOL, ['dog', 'beach'])!;
    expect(merged).toContain('<rdf:li>beach</rdf:li>');
    expect(merged.match(/<rdf:li>dog<\/rdf:li>/g)).toHaveLength(2);
    const lightroom = /<lr:hierarchicalSubject .*<\/lr:hierarchicalSubject>/.exec(merged)![0];
    expect(without(merged.replace(lightroom, ''), ['beach'])).toBe(BY_EXIFTOOL);
    expect(withKeywords(merged, ['beach', 'dog'])).toBe(merged);
  });

  it('of attributes is opened for a list, with its own prefix and line ends', () => {
    const merged = withKeywords(ATTRIBUTES, ['beach'])!;
    const [before, after] = ATTRIBUTES.split('/>');
    expect(merged.startsWith(`${before}>`)).toBe(true);
    expect(merged.endsWith(`</r:Description>${after}`)).toBe(true);
    expect(merged).toContain('<r:Bag><r:li>beach</r:li></r:Bag>');
  });

  it.each([
    ['no XML', 'keywords: dog'],
    ['no XMP', '<html></html>'],
    ['tags that do not fit', BY_EXIFTOOL.replace('</rdf:RDF>', '')],
    ['a doctype', BY_EXIFTOOL.replace('<x:xmpmeta', '<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta')],
    [
      'keywords that are no list',
      ATTRIBUTES.replace('xmp:Rating', 'xmlns:d="http://purl.org/dc/elements/1.1/" d:subject="x" xmp:Rating'),
    ],
  ])('with %s is left alone', (_, text) => {
    expect(withKeywords(text, ['dog'])).toBeUndefined();
  });

  it('may say of a comment what looks like a tag', () => {
    const text = BY_EXIFTOOL.replace('</rdf:RDF>', '<!-- <dc:subject> --></rdf:RDF>');
    expect(withKeywords(text, ['dog', 'beach'])).toContain('<!-- <dc:subject> -->');
  });
});

describe.skipIf(!hasExiftool)('read by exiftool', () => {
  const keywords = ['beach', 'red, white & blue', 'a < b', '“quoted”', '海'];

  it('a new sidecar has the keywords, whatever it is called', async () => {
    const names = [
      'plain.jpg.xmp',
      "it's.jpg.xmp",
      'two  spaces.jpg.xmp',
      '-rf.jpg.xmp',
      '$(touch x).jpg.xmp',
      '`id`.jpg.xmp',
      '%d%f.jpg.xmp',
      '"quoted".jpg.xmp',
      'new\nline.jpg.xmp',
      '海岸 ä.jpg.xmp',
    ];
    const text = withKeywords(undefined, keywords)!;
    const read = await readBack(Object.fromEntries(names.map((name) => [name, text])));
    expect(read.size).toBe(names.length);
    for (const name of names) {
      expect(read.get(name)?.Subject, name).toEqual(keywords);
      expect(read.get(name)?.HierarchicalSubject, name).toEqual(keywords);
    }
  });

  it('a merged one has its own and the new ones, and everything else', async () => {
    const read = await readBack({
      'a.xmp': withKeywords(BY_EXIFTOOL, ['dog', 'beach'])!,
      'b.xmp': withKeywords(ATTRIBUTES, ['beach', 'dog'])!,
      'c.xmp': withKeywords(EMPTY, ['beach', 'dog'])!,
    });
    expect(read.get('a.xmp')).toMatchObject({
      Subject: ['dog', 'red, white & blue', 'beach'],
      HierarchicalSubject: ['dog', 'beach'],
      Rating: 4,
      Title: 'A <day>',
    });
    expect(read.get('b.xmp')).toMatchObject({ Subject: ['beach', 'dog'], Rating: 3 });
    expect(read.get('c.xmp')).toMatchObject({ Subject: ['beach', 'dog'] });
  });
});
