/**
 * Retrieval and a linear probe in the page's own evaluation worker in Chromium, and the longest task of the page
 * meanwhile. `npm run bench -- evaluation`
 *
 * Expected, written before the first measurement on two cores of an AMD EPYC: retrieval 64 thousand million products at
 * 30 thousand million a second, and 0.4 s to compare the scores: 2.5 s; the probe 5 thousand million at 8, and 0.6 s for
 * AdamW: 1.2 s; no task of the page above 100 ms, which is what copying 60 MB of embeddings may take.
 */
import { chromium } from 'playwright-core';
import { findChromium, QUIET_FLAGS } from '../tools/browser.js';
import type { EvaluationBench } from './evaluation-page/page';
import { longestTasks } from './main-thread';
import { summary, writeResult } from './result';
import { openWorkerPage, serveWorkerPage } from './worker-page';

const RUNS = 5;
const DIM = 512;
const [PICTURES, CAPTIONS_EACH] = [5000, 5];
/** So near are captions to their picture that about half are found first. */
const NEAR = 0.23;
const [SAMPLES, CLASSES] = [5000, 100];

const server = await serveWorkerPage('evaluation-page');
const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: [...QUIET_FLAGS] });
const tab = await browser.newPage();
const ask = await openWorkerPage<EvaluationBench>(tab, server.url);
const figures: Record<string, unknown> = {};
for (const [name, near] of Object.entries({
  'of random captions': 0,
  'of captions near their picture': NEAR,
})) {
  await ask('drawCaptions', PICTURES, CAPTIONS_EACH, DIM, near);
  figures[`retrieval, ${PICTURES} pictures and ${PICTURES * CAPTIONS_EACH} captions ${name}`] =
    await measured(() => ask('retrieval'));
}
await ask('drawClasses', SAMPLES, CLASSES, DIM, NEAR);
figures[`linear probe, ${SAMPLES} x ${DIM}, ${CLASSES} classes, 10 epochs`] = await measured(() =>
  ask('probe'),
);
await writeResult('evaluation', browser.version(), figures);
await browser.close();
await server.close();

async function measured<Answer extends { milliseconds: number }>(run: () => Promise<Answer>) {
  const answers: Answer[] = [];
  const tasks = await longestTasks(tab, browser, async () => {
    for (let index = 0; index < RUNS; index++) answers.push(await run());
  });
  const { milliseconds: _, ...found } = answers[0]!;
  const { workers, ...page } = tasks;
  return {
    milliseconds: summary(answers.map(({ milliseconds }) => milliseconds)),
    'of the processor, a run (ms)': workers / RUNS,
    'longest task of the page (ms)': page,
    ...found,
  };
}
