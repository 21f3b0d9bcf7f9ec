import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/build.js';
import { noticesText, packageRows, packagesOf } from '../../tools/notices.js';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'clipscope-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** Installs a package and gives the id of a module of it. */
async function install(name: string, manifest: object, files: Record<string, string> = {}): Promise<string> {
  const folder = path.join(scratch, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  const all = { ...files, 'package.json': JSON.stringify({ name, version: '1.2.3', ...manifest }) };
  for (const [file, text] of Object.entries(all)) await writeFile(path.join(folder, file), text);
  return `${folder}/dist/index.js`;
}

test('the packages of a bundle are told once each, by name, with what is within them and the bundler’s helpers', async () => {
  const packages = await packagesOf([
    `${root}/src/core/hex.ts`,
    `${root}/node_modules/svelte/src/index-client.js`,
    `${root}/node_modules/svelte/src/store/index.js`,
    `${root}/node_modules/@lucide/svelte/dist/icons/x.svelte`,
    `${root}/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm?url`,
    '\0vite/preload-helper.js',
    '\0rolldown/runtime.js',
    '\0virtual:of-our-own',
  ]);
  expect(packages.map(({ name, licence }) => [name, licence])).toEqual([
    ['@lucide/svelte', 'ISC'],
    ['onnxruntime-common', 'MIT'],
    ['onnxruntime-web', 'MIT'],
    ['rolldown', 'MIT'],
    ['svelte', 'MIT'],
    ['vite', 'MIT'],
  ]);
  for (const { text, page } of packages) {
    expect(text).toMatch(/copyright/i);
    expect(text).not.toMatch(/<year>|Bundled dependencies/);
    expect(page).toMatch(/^https:\/\//);
  }
  expect(packages[1]?.text).toMatch(/^MIT License\s+Copyright \(c\) Microsoft Corporation/);
  expect(packages[2]?.text).toMatch(/ThirdPartyNotices\.txt$/);
});

test('a licence is the package’s own text, notices with it, or the standard one with its author', async () => {
  const own = await install(
    'own',
    { license: 'MIT', repository: { url: 'git+https://example.org/own.git' }, author: { name: 'A' } },
    { LICENSE: 'Of its own\r\n', 'NOTICE.txt': 'And a notice', 'licenses.js': 'code' },
  );
  const none = await install('none', {
    license: 'MIT',
    repository: 'someone/none',
    author: 'B <b@c.d> (https://e)',
  });
  const packages = await packagesOf([own, none]);
  expect(packages).toEqual([
    {
      name: 'none',
      version: '1.2.3',
      licence: 'MIT',
      author: 'B',
      page: 'https://github.com/someone/none',
      text: expect.stringMatching(/^MIT License\s+Copyright \(c\) B\s+Permission is hereby granted/),
    },
    {
      name: 'own',
      version: '1.2.3',
      licence: 'MIT',
      author: 'A',
      page: 'https://example.org/own',
      text: 'Of its own\n\nAnd a notice',
    },
  ]);
});

test('a licence without a name in it is told as SPDX has it, whoever wrote the package', async () => {
  const id = await install('mpl', {
    license: 'MPL-2.0',
    repository: { url: 'git@github.com:someone/mpl.git' },
  });
  const [one] = await packagesOf([id]);
  expect(one).toMatchObject({ author: '', page: 'https://github.com/someone/mpl' });
  expect(one?.text).toMatch(/^Mozilla Public License Version 2\.0/);
});

test.each([
  ['states no licence', {}],
  ['has no file of its licence, ISC', { license: 'ISC', author: 'B' }],
  ['has no file of its licence and names no author', { license: 'MIT' }],
])('the build fails over a package that %s', async (why, manifest) => {
  const id = await install('unknown', manifest);
  await expect(packagesOf([id])).rejects.toThrow(why);
});

test('they are written as text in full, and as rows of a table', () => {
  const one = {
    name: 'a',
    version: '1',
    licence: 'MIT',
    author: 'A & <B>',
    page: 'https://a/?"',
    text: 'The text',
  };
  expect(noticesText([one])).toContain('a 1 (MIT)\nhttps://a/?"\n\nThe text\n');
  expect(packageRows([one])).toBe(
    '<tr><td><a href="https://a/?&quot;">a</a> 1</td><td>A &amp; &lt;B></td><td>MIT</td></tr>',
  );
});
