import asyncifyLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiLoader from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmLoader from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { RuntimeFiles } from './session-browser';

/** Addresses of onnxruntime-web's files beside this build's. */
export const RUNTIME_FILES: RuntimeFiles = {
  wasm: { mjs: wasmLoader, wasm: wasmBinary },
  jspi: { mjs: jspiLoader, wasm: jspiBinary },
  asyncify: { mjs: asyncifyLoader, wasm: asyncifyBinary },
};
