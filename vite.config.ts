import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig, type Connect, type Plugin } from 'vite';
import manifest from './package.json' with { type: 'json' };
import { packAlbum } from './tools/album-pack.js';
import { stampBuild } from './tools/build.js';
import { compressBuild } from './tools/compression.js';
import { headersFor } from './tools/headers.js';
import { thirdPartyNotices } from './tools/notices.js';
import { buildServiceWorker } from './tools/service-worker.js';

// How onnxruntime-web's files reach the page: its two loaders and three wasm binaries are imported as URLs, in the
// worker that runs the towers, and handed over whole:
//
//   import wasmLoader from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
//   import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
//   env.wasm.wasmPaths = { mjs: wasmLoader, wasm: wasmBinary };
//
// (`.asyncify.` goes with `onnxruntime-web/webgpu`, `.jspi.` with `onnxruntime-web/jspi`.) The build copies them byte
// for byte under hashed names. The hash does no harm: a loader starts its threads with
// `new Worker(new URL(import.meta.url))`, whatever it is called, and asks for no file by name. The condition
// `onnxruntime-web-use-extern-wasm` picks the entry points that do not carry a second copy of a loader inside.
// tests/app/onnxruntime.test.ts runs all three with threads under the Content-Security-Policy, served and built.
const externWasm = 'onnxruntime-web-use-extern-wasm';

/** Sends the headers of `npm start`, file by file: `server.headers` are one set for all of them. */
export const sendHeaders: Plugin = {
  name: 'clipscope:headers',
  configureServer: ({ middlewares }) => void middlewares.use(headersMiddleware(true)),
  configurePreviewServer: ({ middlewares }) => void middlewares.use(headersMiddleware(false)),
};

function headersMiddleware(hotReload: boolean): Connect.NextHandleFunction {
  return ({ url = '/' }, response, next) => {
    response.setHeaders(new Map(Object.entries(headersFor(url.replace(/[?#].*/, ''), { hotReload }))));
    next();
  };
}

const notices = thirdPartyNotices();

export default defineConfig({
  // Relative, so that the build works at any sub-path.
  base: './',
  publicDir: 'static',
  define: { 'import.meta.env.CLIPSCOPE_VERSION': JSON.stringify(manifest.version) },
  plugins: [
    svelte({ configFile: false }),
    stampBuild(),
    packAlbum(),
    notices.collect,
    // It lists the files of the build, so all others come before.
    notices.write,
    buildServiceWorker(),
    compressBuild(),
    sendHeaders,
  ],
  resolve: { conditions: [externWasm, ...defaultClientConditions] },
  worker: {
    format: 'es',
    plugins: () => [notices.collect],
    rolldownOptions: {
      checks: { bundlerTimings: false },
      // On loading, the hub's client makes hashers (12 kB of code) and buffers (5 MB of memory) for uploads, which the
      // build would keep.
      treeshake: {
        moduleSideEffects: [{ test: /@huggingface\/xetchunk-wasm/, sideEffects: false }],
        manualPureFunctions: ['makeBuffer', 'makeHashTable'],
      },
    },
  },
  // The page reaches the workers through `new URL`, which the search for dependencies does not follow: without
  // naming them the development server finds onnxruntime-web late, and reloads the page.
  optimizeDeps: { entries: ['index.html', 'workers/*.worker.ts'] },
  build: {
    // The Content-Security-Policy admits no `data:` but for pictures.
    assetsInlineLimit: 0,
    // The largest wasm file has 27 MB: gzipping every file only to print its size would double the build's time.
    reportCompressedSize: false,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
