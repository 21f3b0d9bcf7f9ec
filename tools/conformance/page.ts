/** The page that Chromium opens: the same suite, on this browser's WebGPU. */
import { browserRuntime } from '../../src/clip/session-browser';
import { RUNTIME_FILES } from '../../src/clip/session-files';
import { findAdapter, isFallback, openDevice } from '../../src/gpu/device';
import type { Fixtures } from './fixtures';
import { nothingComputed, type CaseResult, type Computed } from './result';
import { runSuite, type SuiteOptions } from './suite';

declare global {
  interface Window {
    /** Runs the suite on the files served below `/fixtures`. */
    runConformance(options: SuiteOptions): Promise<Computed>;
    /** Provided by the runner: called with each result. */
    reportResult(result: CaseResult): Promise<void>;
  }
}

window.runConformance = async (options) => {
  const adapter = await findAdapter();
  if (adapter === undefined) throw new Error('This browser offers no WebGPU adapter.');
  const gpu = await openDevice(adapter, !isFallback(adapter));
  if (options.arithmetic === 'fp16' && !gpu.device.features.has('shader-f16')) {
    throw new Error(`NOT RUN: ${gpu.description} has no shader-f16.`);
  }
  console.log(`WebGPU on ${gpu.description}${gpu.fallback ? ' (software)' : ''}`);
  const runtime = {
    ort: await browserRuntime('webgpu', RUNTIME_FILES),
    provider: { name: 'webgpu', device: gpu.device },
    arithmetic: options.arithmetic,
  } as const;
  const computed = nothingComputed();
  for await (const result of runSuite(served, runtime, options, computed)) await window.reportResult(result);
  return computed;
};

const served: Fixtures = {
  folders: async (path) => (await ask('folders', path).then((answer) => answer.json())) as string[],
  exists: async (path) => (await ask('exists', path).then((answer) => answer.json())) as boolean,
  async bytes(path) {
    const answer = await ask('bytes', path);
    return new Uint8Array(await answer.arrayBuffer());
  },
  async tokenizer() {
    const answer = await ask('tokenizer', '');
    return answer.status === 204 ? undefined : answer.text();
  },
};

async function ask(what: string, path: string): Promise<Response> {
  const answer = await fetch(`/fixtures/${what}?path=${encodeURIComponent(path)}`);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer;
}
