import { button, until, type BrowserPage } from './browser-page';

/** What the walk needs besides a page. */
export interface Place {
  /** Where the built page is served, without a trailing slash. */
  readonly url: string;
  /** Takes the server away. */
  readonly close: () => Promise<void>;
  /** The album's files by falling cosine with a text, as OpenCLIP computes them. */
  readonly ranking: (text: string) => readonly { readonly file: string; readonly score: number }[];
  /** A picture that is not of the album. */
  readonly picture: string;
  /** The three files of a checkpoint. */
  readonly checkpoint: readonly string[];
}

/** One thing that a person does, and what the page answers. @throws Error if it answers otherwise */
export interface Step {
  readonly title: string;
  /** Whether it needs private files that last. */
  readonly keeps?: true;
  readonly take: (page: BrowserPage, place: Place) => Promise<void>;
}

/** The sample album's pictures, and the one that is added. */
const ALBUM = 160;
const ALL = ALBUM + 1;

const SEARCH = '//input[@aria-label="Search photos"]';
const LABELS = '//textarea[@id=//label[normalize-space()="Labels"]/@for]';
const ADD_PHOTOS = '//label[starts-with(normalize-space(), "Add photos")]/input';
const FIRST_PHOTO = '(//ul[@aria-label="Results"]//li//button)[1]';

const QUERY = `document.querySelector('[type=search]').value`;
const PHOTO_IS_OPEN = `document.getElementById('photo-name') !== null`;

/**
 * Whether an element stands where it stood when this was asked last, with nothing before it: results slide into rank, and
 * a click goes to where one of them was.
 */
const rests = (element: string) => `(() => {
  const one = document.evaluate(${JSON.stringify(element)}, document, null, 9, null).singleNodeValue;
  const { x, y, width, height } = one?.getBoundingClientRect() ?? {};
  const place = [x, y, width, height].join();
  const isStill = place === window.lastPlace;
  window.lastPlace = place;
  return isStill && one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
})()`;

/** How far a cosine may be from OpenCLIP's: it is shown with three decimals. */
const TOLERANCE = 6e-4;

/** What the page says, to a screen reader too. */
const SAID = `[...document.querySelectorAll('[role=status]')].map((one) => one.innerText).join(' ')`;

const said = (page: BrowserPage, text: string) =>
  until(page, `${SAID}.includes(${JSON.stringify(text)})`, `“${text}”`);

/** Where something is searched for, what it finds is told of instead. */
const indexed = (page: BrowserPage) =>
  until(page, `/\\b${ALL} (photos ready to search|results for)/.test(${SAID})`, `${ALL} photos`);

async function search(page: BrowserPage, text: string, photos: number): Promise<void> {
  const clear = button('Clear the search');
  if (await page.evaluate<boolean>(`${QUERY} !== ''`)) await page.click(clear);
  await page.type(SEARCH, text);
  await said(page, `${photos} results for ${text}`);
}

/** Searches the album, before any other picture is added. */
export const searchAlbum = (page: BrowserPage, text: string) => search(page, text, ALBUM);

/** The names and cosines of the first `count` results. */
export function bestOf(page: BrowserPage, count: number): Promise<{ file: string; cosine: number }[]> {
  return page.evaluate(
    `[...document.querySelectorAll('[aria-label=Results] li')].slice(0, ${count}).map((one) => ({
      file: one.querySelector('img').alt, cosine: Number(one.innerText) }))`,
  );
}

/** Loads the page again, and returns once it is another one. */
async function reload(page: BrowserPage): Promise<void> {
  await page.evaluate(`void (window.isOld = true, setTimeout(() => location.reload()))`);
  await until(page, `!window.isOld && document.readyState === 'complete'`, 'the page once more');
}

function require(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(what);
}

/** A visit from the first sight of the page to one without a network, each step after the one before. */
export const WALK: readonly Step[] = [
  {
    title: 'the page opens, isolated, and starts the built-in model',
    async take(page, { url }) {
      // In full precision, since its cosines are compared with OpenCLIP's.
      await page.open(`${url}/?backend=wasm&arithmetic=fp32&model=clipscope-s`);
      await said(page, 'ready on WASM');
      require(await page.evaluate('crossOriginIsolated'), 'The page is not isolated');
    },
  },
  {
    title: 'the sample album is indexed',
    async take(page) {
      await page.click(button('Try the sample album'));
      await said(page, `${ALBUM} photos ready to search`);
    },
  },
  {
    title: 'the page gets its files after the service worker has begun',
    async take(page) {
      const active = `navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')`;
      await until(page, active, 'an active service worker');
      // A request that hangs is cut off by nobody: a missing answer is seen before any other patience ends.
      const asked = `Promise.race([fetch('album/captions.json').then(({ ok }) => ok ? 'yes' : 'no'),
        new Promise((done) => setTimeout(done, 20_000, 'never'))])`;
      const answer = await page.evaluate<string>(asked);
      require(answer === 'yes', `captions.json: ${answer}`);
    },
  },
  {
    title: 'a search finds what OpenCLIP finds, with its cosines',
    async take(page, { ranking }) {
      for (const text of ['two cats', 'a red apple on a blue background']) {
        await search(page, text, ALBUM);
        const found = await bestOf(page, 2);
        for (const [at, { file, score }] of ranking(text).slice(0, 2).entries()) {
          const { file: other, cosine = NaN } = found[at] ?? {};
          const isRight = other === file && Math.abs(cosine - score) < TOLERANCE;
          require(isRight, `Result ${at + 1} for ${text} is ${other} at ${cosine}, not ${file} at ${score}`);
        }
      }
    },
  },
  {
    title: 'labels are given',
    async take(page) {
      await page.click(button('Label'));
      await until(page, `document.querySelector('textarea') !== null`, 'the labels');
      await page.evaluate(`document.querySelector('textarea').select()`);
      await page.type(LABELS, 'dog, pizza, guitar');
      await said(page, 'labelled with 3 labels');
      await page.click(button('Search'));
    },
  },
  {
    title: 'a picture is added by the file input',
    async take(page, { picture }) {
      await page.give(ADD_PHOTOS, [picture]);
      await indexed(page);
    },
  },
  {
    title: 'a checkpoint is opened by its files, and kept',
    keeps: true,
    async take(page, { checkpoint }) {
      await page.give(ADD_PHOTOS, checkpoint);
      await until(page, `/My checkpoint ready on WASM/.test(${SAID})`, 'the checkpoint');
      await indexed(page);
    },
  },
  {
    title: 'a reload brings photos, embeddings and the model back',
    keeps: true,
    async take(page) {
      await reload(page);
      await said(page, 'My checkpoint ready on WASM');
      // The query is in the address.
      await said(page, `results for`);
      await search(page, 'two cats', ALL);
    },
  },
  {
    title: 'Back closes the photo, then the query',
    async take(page) {
      const query = JSON.stringify(await page.evaluate(QUERY));
      await until(page, rests(FIRST_PHOTO), 'the first photo at rest');
      await page.click(FIRST_PHOTO);
      await until(page, PHOTO_IS_OPEN, 'the photo');
      await page.evaluate('history.back()');
      await until(page, `!(${PHOTO_IS_OPEN}) && ${QUERY} === ${query}`, 'the results');
      await page.evaluate('history.back()');
      await until(page, `${QUERY} !== ${query}`, 'the page before the query');
    },
  },
  {
    title: 'the photos are there after a way to the credits and back',
    keeps: true,
    async take(page) {
      await page.evaluate(`location.assign('credits.html')`);
      await until(page, `/^Credits/.test(document.title)`, 'the credits');
      await page.evaluate('history.back()');
      await until(
        page,
        `/^Clipscope/.test(document.title) && document.readyState === 'complete'`,
        'the page',
      );
      await search(page, 'two cats', ALL);
    },
  },
  {
    title: 'without a network the page opens and searches',
    keeps: true,
    async take(page, { close }) {
      await close();
      await reload(page);
      await said(page, 'My checkpoint ready on WASM');
      await search(page, 'a dog', ALL);
    },
  },
];
