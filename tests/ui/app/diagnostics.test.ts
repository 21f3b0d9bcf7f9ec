import { describe, expect, it } from 'vitest';
import { diagnosticsText, type Diagnostics } from '../../../src/ui/app/diagnostics';
import { emptyStorage, loadedModel, summary } from '../fakes';

const facts: Diagnostics = {
  version: '0.1.0',
  build: '1a2b3c4d',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0',
  isolated: true,
  hasWebGpu: true,
  status: {
    phase: 'ready',
    loaded: {
      ...loadedModel(),
      runsOn: {
        backend: 'wasm',
        device: '2 threads',
        arithmetic: 'fp32',
        reason: 'this GPU failed the self-check',
      },
    },
  },
  asked: undefined,
  summary: summary('tiny'),
  photos: 1204,
  indexed: 1200,
  skipped: 3,
  folders: 2,
  storage: { ...emptyStorage, usage: 12_000_000, quota: 3_900_000_000 },
  unkept: undefined,
  problems: [],
  ownNames: new Set(['trip', 'trip/cat.jpg', 'cat.jpg', 'a', 'My model']),
};

describe('diagnosticsText', () => {
  it('tells what a bug report needs', () => {
    expect(diagnosticsText(facts)).toBe(`Clipscope 0.1.0, build 1a2b3c4d
Browser: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0
Cross-origin isolated: yes
WebGPU: offered by this browser
Model: tiny, Half precision (fp16)
Runs on: WASM (2 threads): this GPU failed the self-check
Asked for: what is fastest
Photos: 1,204, 1,200 of them indexed, 3 files skipped
Folders: 2
Storage: 12 MB of 3.9 GB, may be deleted when space runs low
Library: outlasts the page
Problems: none
`);
  });

  it('tells what is missing, and names nothing of the person’s', () => {
    const text = diagnosticsText({
      ...facts,
      build: undefined,
      isolated: false,
      hasWebGpu: false,
      asked: 'webgpu',
      status: { phase: 'stopped', id: 'My model', name: 'My model' },
      summary: summary('My model', 'folder'),
      storage: undefined,
      unkept: 'StorageBusy',
      problems: [
        { topic: 'taking', name: 'FileUnreadable', happened: 'other/dog.jpg could not be opened.' },
        { topic: 'download My model', name: 'ModelDamaged', happened: 'The model My model is cut short.' },
        { topic: 'import', name: 'Unexpected', happened: 'Reading a file of trip/cat.jpg failed.' },
        { topic: 'address', happened: 'There is no model “secret” on this device.' },
      ],
    });
    expect(text).toBe(`Clipscope 0.1.0
Browser: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0
Cross-origin isolated: no
WebGPU: not offered by this browser
Model: one of the person’s own, Half precision (fp16)
Runs on: nothing (stopped)
Asked for: WebGPU
Photos: 1,204, 1,200 of them indexed, 3 files skipped
Folders: 2
Storage: not measured
Library: lasts as long as the page (StorageBusy)
Problems:
- taking, FileUnreadable
- download, ModelDamaged
- import, Unexpected, Reading … file of … failed.
- address
`);
  });
});
