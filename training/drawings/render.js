/**
 * Writes what the composer needs: every drawing of every concept as 96 x 96 RGBA, rows of the held-out sets apart.
 *
 *     node drawings/render.js [DIR]
 *
 * DIR (default `data`) receives concepts.json, trained.json and trained.rgba, held-out.json and held-out.rgba.
 * `*.rgba` is [rows, 96, 96, 4] bytes, the colours multiplied by alpha; `*.json` names concept, set and
 * manner of each row.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { readConcepts } from './concepts.js';
import { drawingsOf } from './icons.js';
import { HELD_OUT, TRAINED_ON } from './sets.js';

const SIDE = 96;

/**
 * Why drawings are outlined anew: most emoji have no outline, and a tower that saw none knows no outlined drawing. Every
 * shape of a coloured drawing is drawn once more with a dark pen, in one of these widths (parts of the drawing's size).
 */
const PENS = [0.014, 0.022, 0.032];
const OUTLINED = new Set([
  ...['noto', 'twemoji', 'fluent-emoji', 'fluent-emoji-flat', 'emojione', 'fxemoji', 'icon-park'],
]);
const INKS = ['#000', '#000', '#222', '#3a2a20', '#20304a'];

/** A drawing as SVG text; `pen` adds an outline, `bare` takes the fillings away. */
function svgText({ body, box, size }, { pen = 0, ink = '#000', bare = false } = {}) {
  const [left, top, width, height] = box.split(' ').map(Number);
  const pad = (pen * size) / 2;
  const view = [left - pad, top - pad, width + 2 * pad, height + 2 * pad].join(' ');
  const fill = bare ? 'fill:#fff;' : '';
  const style =
    pen === 0
      ? ''
      : `<style>path,circle,ellipse,rect,polygon,polyline,line{${fill}stroke:${ink};stroke-width:${pen * size};stroke-linejoin:round}</style>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${view}" width="${SIDE}" height="${SIDE}" color="#000">${style}${body}</svg>`;
}

/** @returns {Promise<Buffer>} 96 x 96 RGBA, colours multiplied by alpha, the drawing in the middle of the square */
async function raster(svg) {
  const pixels = await sharp(Buffer.from(svg), { density: 72 })
    .resize(SIDE, SIDE, { fit: 'contain', background: '#0000' })
    .ensureAlpha()
    .raw()
    .toBuffer();
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    for (let c = 0; c < 3; c++) pixels[at + c] = Math.round((pixels[at + c] * alpha) / 255);
  }
  return pixels;
}

/** The manners in which a drawing is kept; which pen and ink is fixed by its place. */
function mannersOf(set, at) {
  if (!OUTLINED.has(set)) return [{ manner: 'plain' }];
  const pen = PENS[at % PENS.length];
  const ink = INKS[at % INKS.length];
  const both = [{ manner: 'plain' }, { manner: 'outlined', pen, ink }];
  return at % 3 === 0 ? [...both, { manner: 'bare', pen, ink: '#000', bare: true }] : both;
}

async function render(folder, name, sources, concepts, manners) {
  const file = openSync(path.join(folder, `${name}.rgba`), 'w');
  const hash = createHash('sha256');
  const rows = [];
  const failed = [];
  for (const source of sources) {
    const drawn = drawingsOf(source, concepts).flatMap(({ concept, icon, svg, mono }, at) =>
      manners(source.set, at).map(({ manner, ...how }) => ({
        row: { concept, set: source.set, icon, manner, mono },
        pixels: raster(svgText(svg, how)).catch(() => undefined),
      })),
    );
    for (const { row, pixels } of drawn) {
      const bytes = await pixels;
      if (bytes === undefined) {
        failed.push(`${row.set}:${row.icon}`);
        continue;
      }
      writeSync(file, bytes);
      hash.update(bytes);
      rows.push(row);
    }
    process.stderr.write(`${name}: ${source.set}, ${rows.length} rows\n`);
  }
  closeSync(file);
  const text = JSON.stringify(rows);
  writeFileSync(path.join(folder, `${name}.json`), text);
  console.log(`${name}: ${rows.length} rows, sha256 ${hash.update(text).digest('hex')}`);
  if (failed.length > 0) console.log(`not drawn: ${failed.join(' ')}`);
}

const folder = process.argv[2] ?? 'data';
mkdirSync(folder, { recursive: true });
const concepts = readConcepts();
writeFileSync(path.join(folder, 'concepts.json'), JSON.stringify(concepts, null, 1));
console.log(`concepts: ${concepts.length}`);
await render(folder, 'held-out', HELD_OUT, concepts, () => [{ manner: 'plain' }]);
await render(folder, 'trained', TRAINED_ON, concepts, mannersOf);
