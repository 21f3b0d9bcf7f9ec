import type { TestProject } from 'vitest/node';
import { serveDist } from '../../tools/start.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built page is served, without a trailing slash. */
    appUrl: string;
  }
}

/** Builds the page if need be and serves it once for the whole suite. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await serveDist({ port: 0 });
  project.provide('appUrl', server.url);
  return server.close;
}
