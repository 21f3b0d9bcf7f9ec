import { describe, expect, test } from 'vitest';
import { manifestText, parseManifest, type StoredManifest } from '../../src/storage/manifest';

const MANIFEST: StoredManifest = {
  version: 1,
  id: 'vit-b-32',
  name: 'ViT-B-32',
  created: '2026-01-02T03:04:05.000Z',
  converter: 'clipscope 1',
  sourceHash: 'sha256:00',
  precision: 'fp16-storage',
  files: [
    { name: 'image.0.bin', bytes: 640 },
    { name: 'tokenizer.json', bytes: 0 },
  ],
  detail: { tensors: [1, null, 'x'] },
};

const parse = (changes: object) => parseManifest(JSON.stringify({ ...MANIFEST, ...changes }));

describe('a manifest', () => {
  test('is read back as written', () => {
    expect(parse({})).toEqual({ ok: true, manifest: MANIFEST });
  });

  test('needs neither source hash nor detail, and drops unknown fields', () => {
    const { sourceHash: _hash, detail: _detail, ...rest } = MANIFEST;
    expect(parse({ sourceHash: undefined, detail: undefined, stranger: 1 })).toEqual({
      ok: true,
      manifest: rest,
    });
  });

  test.each(['', '{', '[]', 'null', '"text"', JSON.stringify(MANIFEST).slice(0, -1)])(
    'is no manifest: %s',
    (text) => {
      expect(parseManifest(text)).toEqual({ ok: false, reason: 'the manifest is not a JSON object' });
    },
  );

  test.each([2, 0, '1', undefined])('has the wrong version: %s', (version) => {
    const reason = `the manifest has version ${String(version)} instead of 1`;
    expect(parse({ version })).toEqual({ ok: false, reason });
  });

  test.each<[string, unknown]>([
    ['id', 7],
    ['id', ''],
    ['name', undefined],
    ['created', null],
    ['converter', {}],
    ['precision', undefined],
    ['sourceHash', 5],
    ['files', undefined],
    ['files', { name: 'a', bytes: 1 }],
  ])('has a wrong %s: %s', (field, value) => {
    const reason = `the manifest's ${field} is missing or of the wrong kind`;
    expect(parse({ [field]: value })).toEqual({ ok: false, reason });
  });

  test.each([
    null,
    'a',
    {},
    { name: 'a' },
    { name: '', bytes: 1 },
    { name: 'a', bytes: -1 },
    { name: 'a', bytes: 0.5 },
  ])('has a wrong file: %j', (file) => {
    const reason = "the manifest's files[1] is missing or of the wrong kind";
    expect(parse({ files: [{ name: 'a', bytes: 1 }, file] })).toEqual({ ok: false, reason });
  });
});

describe('the sum of a manifest', () => {
  const written = manifestText(MANIFEST);

  test('is part of its JSON, and lets it be read back', () => {
    expect(JSON.parse(written)).toMatchObject(MANIFEST);
    expect(parseManifest(written)).toEqual({ ok: true, manifest: MANIFEST });
  });

  test('tells of every other digit', () => {
    for (const [there, other] of [
      ['640', '641'],
      ['clipscope 1', 'clipscope 2'],
      ['vit-b-32', 'vit-b-33'],
    ] as const) {
      const damaged = parseManifest(written.replace(there, other));
      expect(damaged).toEqual({ ok: false, reason: 'the manifest is not as it was written' });
    }
  });
});
