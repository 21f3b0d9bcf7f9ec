import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sidecarOf } from '../../../src/ui/grid/sidecar';

const photo = { path: 'trip/day 1/a.b.jpg', name: 'a.b.jpg' };
const existing = readFileSync('tests/fixtures/xmp/exiftool.xmp', 'utf8');

const folder =
  (files: Readonly<Record<string, BlobPart>>) =>
  async (name: string): Promise<File | undefined> =>
    name in files ? new File([files[name]!], name) : undefined;

describe('the sidecar of a photo', () => {
  it('is a new one where there is none', async () => {
    const made = await sidecarOf(photo, ['beach'], folder({}));
    expect(made?.path).toBe('trip/day 1/a.b.jpg.xmp');
    expect(made?.text).toContain('<rdf:li>beach</rdf:li>');
  });

  it.each(['a.b.jpg.xmp', 'a.b.xmp'])('is that beside it, %s, with the labels added', async (name) => {
    const made = await sidecarOf(photo, ['beach'], folder({ [name]: `\uFEFF${existing}` }));
    expect(made?.path).toBe(`trip/day 1/${name}`);
    expect(made?.text.startsWith('\uFEFF<?xpacket')).toBe(true);
    expect(made?.text).toContain('<rdf:li>dog</rdf:li>');
    expect(made?.text).toContain('<rdf:li>beach</rdf:li>');
  });

  it('is none where that beside it cannot be merged: it stays', async () => {
    const wide = Uint8Array.from(Buffer.from(`\uFEFF${existing}`, 'utf16le'));
    expect(await sidecarOf(photo, ['beach'], folder({ 'a.b.xmp': wide }))).toBeUndefined();
    expect(await sidecarOf(photo, ['beach'], folder({ 'a.b.xmp': 'no XMP' }))).toBeUndefined();
  });
});
