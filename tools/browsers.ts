/** Walks through the app in every browser and compares their answers: `npm run browsers`, which writes docs/browsers.md. */
import { writeFile } from 'node:fs/promises';
import { albumFixture } from '../tests/helpers/album';
import { walkPlace } from '../tests/helpers/walk-place';
import { messageOf } from '../src/core/failure';
import { largestDifference } from '../src/core/vectors';
import { startChromium } from './browsers/chromium';
import { startFirefox } from './browsers/firefox';
import { startWebKit } from './browsers/webkit';
import { differenceOf, serveEmbeddings, type BrowserEmbeddings } from './browsers/embeddings';
import { bestOf, searchAlbum, WALK, type Place } from './browsers/walk';
import type { RunningBrowser } from './browsers/browser-page';

/** What a browser did. */
interface Visit {
  readonly version: string;
  /** Of each step of the walk, by its title: "yes", or why not. */
  readonly steps: Readonly<Record<string, string>>;
  /** The five best of each query, with cosines of three decimals. */
  readonly best: readonly (readonly { readonly file: string; readonly cosine: number }[])[];
  readonly embeddings: BrowserEmbeddings;
  readonly problems: readonly string[];
}

const TOP = 5;
const QUERIES = albumFixture('clipscope-s')
  .texts.slice(0, 10)
  .map(({ text }) => text);

/** What no browser here could show. */
const UNTRIED = `Untried: Safari itself, on macOS and on iOS, and its own access to private files in place; WebGPU in Safari;
the seven days after which Safari deletes what a site keeps that is not used. WebKitGTK is the engine alone, and a driven
one keeps nothing: what needs private files is not tried in it.`;

/** Embeddings that are no further apart than this, in any number, are called equal. */
const EQUAL = 1e-4;

const pictures = await serveEmbeddings();

async function visit(start: () => Promise<RunningBrowser>): Promise<Visit> {
  const place = await walkPlace();
  // Why not in the walk: WebKit limits how often a page writes its history in some seconds, and each typed letter does.
  const another = await walkPlace();
  const browser = await start();
  const steps: Record<string, string> = {};
  const best = [];
  try {
    const [open, album, ...others] = WALK;
    for (const step of [open!, album!]) steps[step.title] = await outcome(step, browser, place);
    const keeps = await browser.page
      .evaluate('navigator.storage.getDirectory().then(() => true)')
      .catch(() => false);
    for (const step of others) {
      const isTried = keeps || !step.keeps;
      steps[step.title] = isTried ? await outcome(step, browser, place) : 'not tried: no private files';
    }
    for (const step of [open!, album!]) await step.take(browser.page, another);
    for (const text of QUERIES) {
      await searchAlbum(browser.page, text);
      best.push(await bestOf(browser.page, TOP));
    }
    const problems = [...browser.problems];
    const embeddings = await pictures.embed(browser, QUERIES);
    return { version: browser.version, steps, best, embeddings, problems };
  } finally {
    await browser.close();
    await place.close();
    await another.close();
  }
}

function outcome(step: (typeof WALK)[number], { page }: RunningBrowser, place: Place): Promise<string> {
  return step.take(page, place).then(
    () => 'yes',
    (error: unknown) => messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 200),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Whether a browser's five best are OpenCLIP's, and how far the cosines are from its, at most. */
function agreement(found: Visit['best'][number], expected: ReturnType<Place['ranking']>): string {
  const far = Math.max(...found.map(({ cosine }, at) => Math.abs(cosine - expected[at]!.score)));
  const isSame = found.every(({ file }, at) => file === expected[at]!.file);
  return `${isSame ? 'the same' : found.map(({ file }) => file).join(', ')}, ${far.toFixed(4)}`;
}

/** The pictures whose embeddings are further apart between the first browser and any other, and how far. */
function apart([first, ...others]: readonly Visit[]): string {
  const names = [...first!.embeddings.pictures.keys()];
  const of = ({ embeddings }: Visit, name: string) => embeddings.pictures.get(name);
  const rows = names.flatMap((name) => {
    const differences = others.map((other) => differenceOf(of(first!, name), of(other, name)));
    if (differences.every((one) => one === undefined || one.embedding <= EQUAL)) return [];
    const cells = differences.map((one) => {
      if (one === undefined) return 'not read';
      const { embedding, pixel } = one;
      return embedding === Infinity ? 'read by one only' : `${embedding.toExponential(1)}, ${pixel}`;
    });
    return [[name, ...cells]];
  });
  const read = names.filter((name) => of(first!, name) !== undefined).length;
  const texts = others.map(({ version, embeddings }) => {
    const most = largestDifference(first!.embeddings.texts, embeddings.texts);
    return `${version} ${most.toExponential(1)}`;
  });
  const told = `Of ${names.length} pictures of every kind, ${first!.version} reads ${read}. The embeddings of ${names.length - rows.length} are equal in all
browsers, to ${EQUAL} in every number. The largest difference of a text's from ${first!.version}: ${texts.join(', ')}.`;
  if (rows.length === 0) return told;
  const titles = ['', ...others.map(({ version }) => version)];
  return `${told}
The other pictures, with the largest difference from it of a number of the embedding, and of a byte of a pixel as the tower
gets it. They are those of 16 bits, those with half-clear pixels, and AVIF: there the browsers' own decoders differ.

${table(titles, rows)}`;
}

const visits: Visit[] = [];
for (const start of [startChromium, startFirefox, startWebKit]) visits.push(await visit(start));
await pictures.close();
const { ranking, close } = await walkPlace();
await close();
const titles = ['', ...visits.map(({ version }) => version)];
const stepRows = WALK.map(({ title }) => [title, ...visits.map(({ steps }) => steps[title] ?? '')]);
const queryRows = QUERIES.map((text, at) => [
  text,
  ...visits.map(({ best }) => agreement(best[at] ?? [], ranking(text))),
]);
const written = `# What each browser does

${table(titles, stepRows)}

The five best of the sample album against OpenCLIP's, and the largest difference of a cosine, which is shown with three
decimals:

${table(titles, queryRows)}

${apart(visits)}

${UNTRIED}
`;
await writeFile(new URL('../docs/browsers.md', import.meta.url), written);
console.log(written);
for (const { version, problems } of visits) if (problems.length > 0) console.log(version, problems);
