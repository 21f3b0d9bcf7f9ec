import path from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, mergeConfig } from 'vitest/config';
import { QUIET_FLAGS, findChromium, webgpuFlags } from './tools/browser.js';
import { root } from './tools/build.js';
import { isolationHeaders } from './tools/headers.js';
import viteConfig, { sendHeaders } from './vite.config.ts';

const executablePath = findChromium();

export default mergeConfig(
  // Vitest's own pages have inline scripts: isolation without the Content-Security-Policy.
  {
    ...viteConfig,
    plugins: viteConfig.plugins?.filter((plugin) => plugin !== sendHeaders),
    server: { headers: isolationHeaders },
  },
  defineConfig({
    test: {
      // Two cores and a software GPU: what takes a second on a desk takes ten here.
      testTimeout: 60_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 60_000 } },
      projects: [
        {
          extends: true,
          test: {
            name: 'node',
            environment: 'node',
            include: ['tests/**/*.test.ts'],
            exclude: ['tests/{browser,app,faults}/**'],
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
            testTimeout: 180_000,
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
            testTimeout: 300_000,
            hookTimeout: 300_000,
            // Two browsers at a time: each waits about half of the time, for its page or its disk.
            maxWorkers: 2,
            sequence: { groupOrder: 1 },
          },
        },
      ],
    },
  }),
);
