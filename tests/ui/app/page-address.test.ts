import { beforeEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../../src/ui/app/app-state.svelte';
import { PageAddress } from '../../../src/ui/app/page-address.svelte';
import { modelsWorker, settled, summary, testLibrary } from '../fakes';
import { testApp } from './test-app';

const PAGE = 'https://example.org/';

let app: AppState;
let href: string;
let pageAddress: PageAddress;
/** Resolves when a photo of a folder is there. */
let withFolder: () => Promise<void>;

beforeEach(() => {
  ({ app } = testApp({ library: testLibrary([], false), models: modelsWorker([summary('tiny')]) }));
  pageAddress = new PageAddress({ app, href: () => href });
  withFolder = async () => {
    await app.gallery.fetched();
    await app.gallery.folders.create({ name: 'Holiday', kind: 'listed' });
  };
});

/** What is told, each in its two sentences. */
const told = () => app.notices.problems.map(({ happened, todo }) => `${happened} ${todo}`);

describe('PageAddress', () => {
  it('shows what the address says, and says what is shown', async () => {
    href = `${PAGE}?tab=label#q=two+cats&least=0.25&order=newest&from=2024-01-01&shape=square&size=300&template=openai&label-order=least-sure`;
    pageAddress.take();
    await settled();
    expect(app.tab).toBe('label');
    expect(app.search.text).toBe('two cats');
    expect(app.results.threshold).toBe(0.25);
    expect(app.pictureSize.rowHeight).toBe(300);
    expect(app.results.order).toBe('newest');
    expect(app.results.filter).toEqual({ from: '2024-01-01', orientation: 'square' });
    expect(app.labels.templates.id).toBe('openai');
    expect(app.labels.order).toBe('least sure');
    expect(told()).toEqual([]);
    expect(pageAddress.current).toBe(href);
  });

  it('follows what changes', async () => {
    href = PAGE;
    pageAddress.take();
    app.find('two cats');
    app.results.cutAt(-Infinity);
    app.pictureSize.choose(100);
    app.results.orderBy('name');
    app.results.filterBy({ folder: 0, to: '2024-12-31' });
    app.labels.chooseTemplates('none');
    await settled();
    expect(pageAddress.current).toBe(
      `${PAGE}#q=two+cats&least=all&order=name&to=2024-12-31&folder=&size=100&template=none`,
    );
    app.search.clear();
    app.results.orderBy('match');
    app.results.filterBy({});
    app.pictureSize.choose(210);
    app.labels.chooseTemplates(undefined);
    expect(pageAddress.current).toBe(PAGE);
  });

  it('finds the folder once the folders are known, and names it until then', async () => {
    href = `${PAGE}#folder=Holiday`;
    await withFolder();
    pageAddress.take();
    expect(pageAddress.current).toBe(href);
    await settled();
    const [{ id } = { id: undefined }] = app.gallery.folders.list;
    expect(app.results.filter).toEqual({ folder: id });
    expect(pageAddress.current).toBe(href);
  });

  it('tells of a folder that is not here, and shows all', async () => {
    href = `${PAGE}#folder=Holiday`;
    pageAddress.take();
    await settled();
    expect(told()).toEqual(['There is no folder “Holiday” here. Photos of all folders are shown.']);
    expect(app.results.filter).toEqual({});
    expect(pageAddress.current).toBe(PAGE);
  });

  it('tells what in it means nothing, each by itself, and what there is instead', () => {
    href = `${PAGE}?tab=film&backend=cuda#order=random&from=x&to=2024-02-30&shape=round&template=a&label-order=b&view=c`;
    expect(pageAddress.take()).toMatchObject({ model: undefined, backend: undefined });
    expect(app.tab).toBe('search');
    expect(told()).toEqual([
      'Models cannot run on “cuda”. They run where it is fastest. The address may name webgpu or wasm.',
      'There is no page “film”. Search is shown instead.',
      'There is no order “random”. The order is the usual one.',
      '“x” is not a date. Photos are shown from the first day on.',
      '“2024-02-30” is not a date. Photos are shown up to the last day.',
      'There is no shape “round”. Photos of every shape are shown.',
      'There are no prompt templates “a”. The usual ones are used.',
      'There is no order “b”. The order is the usual one.',
      'There is no comparison “c”. The first one is shown.',
    ]);
    expect(pageAddress.current).toBe(PAGE);
  });

  it('quotes no more than a line of it', () => {
    href = `${PAGE}?tab=${'x'.repeat(100_000)}`;
    pageAddress.take();
    expect(told()[0]?.length).toBeLessThan(120);
  });

  it('names the model asked for until there is one', async () => {
    href = `${PAGE}?model=tiny`;
    const { model, backend } = pageAddress.take();
    expect(pageAddress.current).toBe(href);
    await app.models.start(model, backend);
    expect(pageAddress.current).toBe(href);
  });
});
