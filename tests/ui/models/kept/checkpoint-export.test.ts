import { beforeEach, describe, expect, it } from 'vitest';
import type { SavedFile } from '../../../../workers/models-api';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import { CheckpointExport } from '../../../../src/ui/models/kept/checkpoint-export.svelte';
import { deferred, failure, settled } from '../../fakes';

const folder = { name: 'Models' } as FileSystemDirectoryHandle;
const model = { id: 'b-1', name: 'B' };

let target: FileSystemDirectoryHandle | undefined | null;
let calls: unknown[][];
let answer: ReturnType<typeof deferred<SavedFile[]>>;
let handed: string[];
let restarts: number;
let notices: Notices;
let checkpointExport: CheckpointExport;

beforeEach(() => {
  target = folder;
  calls = [];
  handed = [];
  restarts = 0;
  answer = deferred();
  notices = new Notices();
  checkpointExport = new CheckpointExport({
    models: {
      saveCheckpoint: (id, dtype, into, onProgress) => {
        calls.push([id, dtype, into]);
        onProgress({ stage: 'storing', done: 1, total: 2 });
        return answer.promise;
      },
    },
    notices,
    restartModels: () => restarts++,
    pickTarget: async () => target,
    handOver: (files) => handed.push(...files.map(({ name }) => name)),
  });
});

describe('Saving a model', () => {
  it('writes it into the folder that was picked', async () => {
    void checkpointExport.save(model, 'F16');
    await settled();
    expect(calls).toEqual([['b-1', 'F16', folder]]);
    expect(checkpointExport.work).toMatchObject({ name: 'B', progress: { done: 1 } });
    answer.resolve([]);
    await settled();
    expect(checkpointExport.work).toBeUndefined();
    expect(notices.said).toBe('B saved in Models/b-1');
  });

  it('hands files over where no folder can be picked', async () => {
    target = null;
    void checkpointExport.save(model, 'F32');
    answer.resolve([{ name: 'open_clip_config.json', file: new Blob() }]);
    await settled();
    expect(calls).toEqual([['b-1', 'F32', undefined]]);
    expect(handed).toEqual(['open_clip_config.json']);
  });

  it('does nothing when no folder was picked', async () => {
    target = undefined;
    await checkpointExport.save(model, 'F16');
    expect(calls).toEqual([]);
    expect(notices.problems).toEqual([]);
  });

  it('reports what went wrong', async () => {
    void checkpointExport.save(model, 'F16');
    answer.reject(failure('StorageFull', 'the disk is full'));
    await settled();
    expect(notices.problems[0]?.happened).toBe('The disk is full.');
    expect(checkpointExport.work).toBeUndefined();
  });

  it('is cancelled with its worker', async () => {
    void checkpointExport.save(model, 'F16');
    await settled();
    checkpointExport.cancel();
    answer.reject(failure('WorkerDied'));
    await settled();
    expect(restarts).toBe(1);
    expect(checkpointExport.work).toBeUndefined();
    expect(notices.problems).toEqual([]);
  });
});
