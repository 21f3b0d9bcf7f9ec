import type { Backend, ModelSummary, Progress, RunsOn } from '../../workers/api';
import type { ModelStatus } from './state/models.svelte';
import { bytesText, countText, weightsText } from './words';

export const BACKEND_NAMES: Readonly<Record<Backend, string>> = { webgpu: 'WebGPU', wasm: 'WASM' };

/** "WebGPU (NVIDIA …)", "WASM (2 threads): this GPU failed the self-check". */
export function runsOnText({ backend, device, reason }: RunsOn): string {
  const where = /^\d+$/.test(device) ? `${device} thread${device === '1' ? '' : 's'}` : device;
  return `${BACKEND_NAMES[backend]}${where ? ` (${where})` : ''}${reason ? `: ${reason}` : ''}`;
}

/** "ViT-B-32 ready on WebGPU (…)", "Loading ViT-B-32", "No model is loaded". */
export function statusText(status: ModelStatus): string {
  if (status.phase === 'ready') {
    return `${status.loaded.summary.name} ready on ${runsOnText(status.loaded.runsOn)}`;
  }
  return status.phase === 'loading' ? `Loading ${status.name}` : 'No model is loaded';
}

/** The sizes of a model in one line: "224 px · 151 M weights · 605 MB on disk". */
export function modelText({ imageSize, parameters, bytes, precision }: ModelSummary): string {
  const [height, width] = imageSize;
  const pixels = height === width ? `${width} px` : `${width} × ${height} px`;
  const kept = precision === 'fp32' ? '' : ', half precision';
  return `${pixels} · ${weightsText(parameters.image + parameters.text)} weights · ${bytesText(bytes)}${kept}`;
}

const STAGES: Readonly<Record<Progress['stage'], string>> = {
  reading: 'Reading the weights',
  storing: 'Keeping a copy on this device',
  compiling: 'Preparing the towers',
  checking: 'Checking its numbers',
};

/** "Reading the weights · 3.1 MB of 5.7 MB". */
export function progressText(progress: Progress | undefined): string {
  if (!progress) return 'Starting';
  const stage = STAGES[progress.stage];
  if (progress.total <= 0) return stage;
  const inBytes = progress.total >= 100_000;
  const amount = inBytes ? bytesText : countText;
  return `${stage} · ${amount(progress.done)} of ${amount(progress.total)}`;
}
