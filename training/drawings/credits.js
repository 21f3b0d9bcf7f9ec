/**
 * Writes the credits page: the icon sets behind the sample album and behind the built-in models.
 *
 *     node drawings/credits.js FILE
 */
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { ALBUM_STYLES, HELD_OUT, TRAINED_ON } from './sets.js';

const require = createRequire(import.meta.url);

const album = JSON.parse(readFileSync(new URL('../../static/album/captions.json', import.meta.url), 'utf8'));
const shown = (set) => album.filter(({ style }) => style === set).length;
const isUnseen = (set) => HELD_OUT.some((one) => one.set === set);

function row(set, note) {
  const { name, author, license } = require(`@iconify-json/${set}/info.json`);
  const link = (text, url) => (url ? `<a href="${url}">${text}</a>` : text);
  return `        <tr><td>${link(name, author.url)}</td><td>${author.name}</td><td>${link(license.title, license.url)}</td>${note === undefined ? '' : `<td>${note(set)}</td>`}</tr>`;
}

/** `note`, what a last column says of each set: whether the models know it. */
const table = (sets, note) => `      <table>
        <tr><th>Set</th><th>By</th><th>Licence</th>${note === undefined ? '' : '<th>Known to the models</th>'}</tr>
${sets.map((set) => row(set, note)).join('\n')}
      </table>`;

writeFileSync(
  process.argv[2],
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="favicon.svg" type="image/svg+xml" />
    <title>Credits · Clipscope</title>
    <style>
      body { font: 14px/1.55 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 32px 16px; background: light-dark(#eeedeb, #100f0e); color: light-dark(#22201d, #eceae6); }
      h1 { font-size: 22px; }
      h2 { font-size: 16px; margin-top: 32px; }
      a { color: light-dark(#0b6b63, #6fd6cb); }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid light-dark(#d8d5d0, #2c2a27); font-weight: 400; vertical-align: top; }
      th { font-size: 12px; color: light-dark(#5c5852, #a5a099); }
    </style>
  </head>
  <body>
    <main>
      <p><a href="./">Back to Clipscope</a></p>
      <h1>Credits</h1>
      <h2>The sample album</h2>
      <p>Its pictures were composed for Clipscope from drawings of these sets, scaled and placed on backgrounds; <a href="album/captions.json">captions.json</a> names the set of each. Pictures in the style OpenMoji are adaptations under OpenMoji's licence.</p>
      <p>The list of what they show was written by hand: everyday things, most of them alone, and at least three pictures for what the page suggests to search for. Which set draws a picture follows from its place in that list. No picture was chosen, or left out, by what a model gets right.</p>
${table([...new Set(ALBUM_STYLES)], (set) => (isUnseen(set) ? `no, ${shown(set)} pictures` : `yes, ${shown(set)} pictures`))}
      <h2>The built-in models</h2>
      <p>Trained on scenes composed from drawings of these sets, with names from unicode-emoji-json, emojilib and emojibase (MIT).</p>
${table(TRAINED_ON.map(({ set }) => set))}
      <p>Measured with two styles they never saw:</p>
${table(HELD_OUT.map(({ set }) => set))}
      <h2>The page</h2>
      <p>It reads what cameras write into photos with <a href="https://github.com/mattiasw/ExifReader">ExifReader</a> by Mattias Wallander, unmodified, under the <a href="https://mozilla.org/MPL/2.0/">MPL 2.0</a>; its source is there.</p>
      <p>It draws SVG with <a href="https://github.com/thx/resvg-js">resvg</a>, unmodified, under the <a href="https://mozilla.org/MPL/2.0/">MPL 2.0</a>; its source is there. Text in drawings is set in <a href="https://dejavu-fonts.github.io/">DejaVu Sans</a>, under <a href="https://dejavu-fonts.github.io/License.html">its own licence</a>. XMP is read with <a href="https://github.com/xmldom/xmldom">xmldom</a>, under the <a href="https://opensource.org/license/mit">MIT licence</a>.</p>
    </main>
  </body>
</html>
`,
);
