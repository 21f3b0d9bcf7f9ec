/**
 * Composes the sample album from `album.txt`: pictures and captions.json.
 *
 *     node drawings/album.js DIR
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { readConcepts } from './concepts.js';
import { drawingsOf } from './icons.js';
import { ALBUM_STYLES } from './sets.js';

const SHAPES = [
  [640, 480],
  [600, 600],
  [720, 480],
  [480, 640],
  [560, 560],
];
/** Each background from its lighter to its darker tone. */
const TONES = {
  red: ['#ff8a80', '#e0483e'],
  orange: ['#ffc78f', '#f59a45'],
  yellow: ['#ffe98a', '#fbcb3c'],
  green: ['#8fd694', '#4fae5d'],
  'light green': ['#d3f2cc', '#a5dd9c'],
  'dark green': ['#2f7d54', '#155238'],
  teal: ['#9de5df', '#52bcb6'],
  blue: ['#6ea8ff', '#2f6fe0'],
  'light blue': ['#cfe9ff', '#93c8f5'],
  'dark blue': ['#31477f', '#16244f'],
  purple: ['#cdb6f5', '#9a78dc'],
  pink: ['#ffd3e2', '#ff9fc0'],
  beige: ['#f6ecd9', '#e2cfa9'],
  gray: ['#d7dce2', '#aab2bd'],
  white: ['#ffffff', '#eef1f4'],
  black: ['#2b2e34', '#101216'],
};
const NUMBERS = ['', 'a', 'two', 'three', 'four', 'five'];
const PLURALS = { 'tropical fish': 'tropical fish', strawberry: 'strawberries' };
/** Names that CLDR words oddly for a caption. */
const SPOKEN = {
  'Christmas tree': 'christmas tree',
  automobile: 'car',
  locked: 'padlock',
  tennis: 'tennis ball',
  'hot beverage': 'cup of coffee',
  'couch and lamp': 'couch and a lamp',
  egg: 'egg',
  locomotive: 'steam train',
  'cheese wedge': 'piece of cheese',
  'wrapped gift': 'present',
  'gem stone': 'diamond',
};
const WITHOUT_ARTICLE = new Set([
  'books',
  'glasses',
  'scissors',
  'grapes',
  'french fries',
  'bread',
  'sushi',
  'broccoli',
]);
/** Where drawings stand, as parts of the picture's inner square: centre x, centre y, side. */
const PLACES = {
  1: [[[0.5, 0.5, 0.8]], [[0.5, 0.52, 0.7]], [[0.48, 0.5, 0.76]]],
  2: [
    [
      [0.27, 0.54, 0.47],
      [0.73, 0.54, 0.47],
    ],
    [
      [0.28, 0.4, 0.46],
      [0.71, 0.64, 0.46],
    ],
  ],
  3: [
    [
      [0.26, 0.34, 0.4],
      [0.74, 0.34, 0.4],
      [0.5, 0.72, 0.4],
    ],
  ],
  4: [
    [
      [0.27, 0.29, 0.38],
      [0.73, 0.29, 0.38],
      [0.27, 0.73, 0.38],
      [0.73, 0.73, 0.38],
    ],
  ],
  5: [
    [
      [0.24, 0.27, 0.32],
      [0.76, 0.27, 0.32],
      [0.5, 0.5, 0.32],
      [0.24, 0.74, 0.32],
      [0.76, 0.74, 0.32],
    ],
  ],
};

const concepts = readConcepts();
const nameOf = new Map(concepts.map(({ name }, at) => [name, at]));
const sets = new Map(
  [...new Set(ALBUM_STYLES)].map((set) => [
    set,
    new Map(drawingsOf({ set, kind: 'emoji' }, concepts).map(({ concept, svg }) => [concept, svg])),
  ]),
);

/** 'cat, dog on green' and '2 cat on beige' as objects; @throws where a name is no concept. */
function readScene(line) {
  const at = line.lastIndexOf(' on ');
  const things = line
    .slice(0, at)
    .split(', ')
    .map((text) => {
      const [, count, name] = /^(\d)? ?(.+)$/.exec(text);
      const concept = nameOf.get(name);
      if (concept === undefined) throw new Error(`album.txt: ${name} is no concept`);
      return { name, concept, count: Number(count ?? 1) };
    });
  return { things, background: line.slice(at + 4) };
}

function styleFor(things, turn) {
  const style = ALBUM_STYLES.map((_, at) => ALBUM_STYLES[(turn + at) % ALBUM_STYLES.length]).find((one) =>
    things.every(({ concept }) => sets.get(one).has(concept)),
  );
  if (style === undefined) throw new Error(`no style draws ${things.map(({ name }) => name).join(', ')}`);
  return style;
}

function captionOf({ things, background }) {
  const said = things.map(({ name, count }) => {
    const noun = SPOKEN[name] ?? name;
    if (count > 1) return `${NUMBERS[count]} ${PLURALS[noun] ?? `${noun}s`}`;
    if (WITHOUT_ARTICLE.has(noun)) return noun;
    return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
  });
  const last = said.pop();
  const list = said.length > 0 ? `${said.join(', ')} and ${last}` : last;
  return `${list} on ${background.startsWith('o') ? 'an' : 'a'} ${background} background`;
}

/** A backdrop in two tones: a hill, a disc, rays or a plain slope of light. */
function backdrop(turn, width, height, [light, dark]) {
  const slope = `<linearGradient id="slope" x2="0" y2="1"><stop stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></linearGradient>`;
  const plain = `<defs>${slope}</defs><rect width="${width}" height="${height}" fill="url(#slope)"/>`;
  const side = Math.min(width, height);
  const more = [
    `<ellipse cx="${width / 2}" cy="${height * 1.12}" rx="${width * 0.75}" ry="${height * 0.36}" fill="${dark}" opacity=".55"/>`,
    `<circle cx="${width / 2}" cy="${height / 2}" r="${side * 0.44}" fill="${light}" opacity=".7"/>`,
    '',
    Array.from({ length: 9 }, (_, ray) => {
      const [from, to] = [ray * 40, ray * 40 + 20].map((angle) => (angle * Math.PI) / 180);
      const far = width + height;
      const point = (angle) => `${width / 2 + far * Math.cos(angle)} ${height / 2 + far * Math.sin(angle)}`;
      return `<path d="M${width / 2} ${height / 2}L${point(from)}L${point(to)}z" fill="${light}" opacity=".35"/>`;
    }).join(''),
  ];
  return plain + more[turn % more.length];
}

async function draw(scene, turn) {
  const [width, height] = SHAPES[turn % SHAPES.length];
  const side = Math.min(width, height);
  const rows = scene.things.flatMap(({ concept, count }) => Array.from({ length: count }, () => concept));
  const places = PLACES[rows.length];
  const spots = places[turn % places.length];
  const ink = await Promise.all(
    rows.map(async (concept, at) => {
      const { body, box } = sets.get(scene.style).get(concept);
      const [x, y, part] = spots[at];
      // OpenMoji leaves a margin round its drawings.
      const size = Math.round(part * side * (scene.style === 'openmoji' ? 1.25 : 1));
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${box}" width="${size}" height="${size}">${body}</svg>`;
      return {
        input: await sharp(Buffer.from(svg))
          .resize(size, size, { fit: 'contain', background: '#0000' })
          .png()
          .toBuffer(),
        left: Math.round((width - side) / 2 + x * side - size / 2),
        top: Math.round((height - side) / 2 + y * side - size / 2),
      };
    }),
  );
  const behind = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${backdrop(turn, width, height, TONES[scene.background])}</svg>`;
  const picture = await sharp(Buffer.from(behind))
    .composite(ink)
    .flatten()
    .webp({ quality: 84, effort: 6 })
    .toBuffer();
  return { picture, width, height };
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder to write to.');
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (/^album-\d+\.webp$/.test(file)) rmSync(path.join(folder, file));
const lines = readFileSync(new URL('album.txt', import.meta.url), 'utf8').split('\n');
const captions = [];
for (const [turn, line] of lines.filter((one) => one.includes(' on ') && !one.startsWith('#')).entries()) {
  const scene = readScene(line);
  scene.style = styleFor(scene.things, turn);
  const { picture, width, height } = await draw(scene, turn);
  const file = `album-${String(turn + 1).padStart(3, '0')}.webp`;
  writeFileSync(path.join(folder, file), picture);
  captions.push({
    file,
    caption: captionOf(scene),
    style: scene.style,
    objects: scene.things.map(({ name, count }) => ({ name, count })),
    background: scene.background,
    width,
    height,
  });
}
writeFileSync(path.join(folder, 'captions.json'), `${JSON.stringify(captions, null, 1)}\n`);
console.log(`${captions.length} pictures`);
