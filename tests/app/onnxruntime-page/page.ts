import type { Answer } from './matmul.worker';

const worker = new Worker(new URL('./matmul.worker.ts', import.meta.url), { type: 'module' });
const answer = new Promise<Answer>((resolve, reject) => {
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => resolve(data));
  worker.addEventListener('error', ({ message }) => reject(new Error(message)));
});
worker.postMessage(new URLSearchParams(location.search).get('build'));

/** Where the test finds the worker's answer. */
Object.assign(globalThis, { answer });
