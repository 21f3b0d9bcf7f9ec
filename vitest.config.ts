import path from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { QUIET_FLAGS, findChromium, webgpuFlags } from './tools/browser.js';
import { root } from './tools/build.js';
import { isolationHeaders } from './tools/headers.js';
import viteConfig, { sendHeaders } from './vite.config.ts';

const executablePath = findChromium();

/** More browsers than cores: they wait for pages, disks and the patience of a download. */
const MORE_THAN_CORES = { maxWorkers: 3, sequence: { groupOrder: 1 } };

/** Begins with what takes long in one piece (the software GPU, the walk in Firefox): at the end a core would wait for it. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      Number(/\/tests\/(?:faults|firefox)\//.test(moduleId));
    return (await super.sort(files)).sort((a, b) => isLong(b) - isLong(a));
  }
}

export default mergeConfig(
  // Vitest's own pages have inline scripts: isolation without the Content-Security-Policy.
  {
    ...viteConfig,
    plugins: viteConfig.plugins?.filter((plugin) => plugin !== sendHeaders),
    server: { headers: isolationHeaders },
  },
  defineConfig({
    test: {
      // Two cores and a software GPU: what takes a second on a desk takes ten here, and a minute beside another suite.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      expect: { poll: { timeout: 60_000 } },
      sequence: { sequencer: LongFirst },
      projects: [
        {
          extends: true,
          test: {
            name: 'node',
            environment: 'node',
            include: ['tests/**/*.test.ts'],
            exclude: ['tests/{browser,app,faults,firefox}/**'],
            // Nothing of `src` keeps a state of its own, and loading it anew for each file took a third of the time.
            isolate: false,
          },
        },
        {
          extends: true,
          optimizeDeps: {
            entries: ['tests/browser/**/*.test.ts', 'workers/*.worker.ts'],
            // Found late (they are imported on demand), these would make the server reload a running test.
            include: [
              'onnxruntime-web/wasm',
              'onnxruntime-web/jspi',
              'onnxruntime-web/webgpu',
              'pbf',
              'fast-png',
            ],
          },
          server: { fs: { allow: [root, process.env.CLIPSCOPE_SHARED ?? path.join(root, '../shared')] } },
          test: {
            name: 'browser',
            include: ['tests/browser/**/*.test.ts'],
            ...(process.env.VITE_WHOLE !== undefined && { testTimeout: 1_200_000 }),
            fileParallelism: false,
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              provider: playwright({
                launchOptions: {
                  ...(executablePath === undefined ? {} : { executablePath }),
                  args: [...QUIET_FLAGS, ...webgpuFlags(true)],
                },
              }),
              instances: [{ browser: 'chromium' }],
            },
          },
        },
        {
          extends: true,
          test: {
            name: 'app',
            environment: 'node',
            include: ['tests/{app,faults}/**/*.test.ts'],
            globalSetup: ['tests/helpers/app-server.ts'],
            // The files of a worker share a browser.
            isolate: false,
            ...MORE_THAN_CORES,
          },
        },
        {
          extends: true,
          test: {
            name: 'firefox',
            environment: 'node',
            include: ['tests/firefox/**/*.test.ts'],
            ...MORE_THAN_CORES,
          },
        },
      ],
    },
  }),
);
