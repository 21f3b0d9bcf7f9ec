import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import type { EmbeddingExport, ExportedEmbeddings } from '../../../workers/api';
import type { SavedFile } from '../../../workers/models-api';
import {
  EmbeddingExports,
  type EmbeddingExportsParts,
} from '../../../src/ui/exchange/embedding-exports.svelte';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { deferred, failure, loadedModel } from '../fakes';

function world(changes: Partial<EmbeddingExportsParts> = {}) {
  const notices = new Notices();
  const asked: EmbeddingExport[] = [];
  const given: SavedFile[] = [];
  const answer = deferred<ExportedEmbeddings>();
  let tell: (done: number, total: number) => void = () => undefined;
  let stopped = 0;
  const exports = new EmbeddingExports({
    library: {
      exportEmbeddings(request, onProgress) {
        asked.push(request);
        tell = onProgress;
        return answer.promise;
      },
      stopExport: async () => void stopped++,
    },
    notices,
    ready: () => loadedModel('tiny'),
    pickTarget: async () => null,
    handOver: (files) => void given.push(...files),
    ...changes,
  });
  return { exports, notices, asked, given, answer, tell: () => tell(1, 2), stopped: () => stopped };
}

const file = (name: string): SavedFile => ({ name, file: new Blob([name]) });

it('asks for the chosen photos of the model in use, and gives one file as it is', async () => {
  const { exports, notices, asked, given, answer, tell } = world();
  const saving = exports.save('parquet', [4, 2]);
  await Promise.resolve();
  expect(asked).toMatchObject([{ model: 'tiny', layout: 'parquet', ids: [4, 2] }]);
  tell();
  expect(exports.work).toEqual({ done: 1, total: 2 });
  answer.resolve({ count: 2, files: [file('embeddings.parquet')] });
  await saving;
  expect(given.map(({ name }) => name)).toEqual(['embeddings.parquet']);
  expect(exports.work).toBeUndefined();
  expect(notices.said).toBe('2 embeddings saved');
});

it('packs several files, with their folders', async () => {
  const { exports, given, answer } = world();
  answer.resolve({ count: 1, files: [file('img_emb/img_emb_0.npy'), file('metadata/metadata_0.parquet')] });
  await exports.save('clip-retrieval', [1]);
  expect(given.map(({ name }) => name)).toEqual(['embeddings.zip']);
  const files = unzipSync(new Uint8Array(await given[0]!.file.arrayBuffer()));
  expect(Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])).toEqual([
    ['img_emb/img_emb_0.npy', 'img_emb/img_emb_0.npy'],
    ['metadata/metadata_0.parquet', 'metadata/metadata_0.parquet'],
  ]);
});

it('says which folder it wrote into, and does nothing if none was picked', async () => {
  const folder = { name: 'Results' } as FileSystemDirectoryHandle;
  const { exports, notices, answer } = world({ pickTarget: async () => folder });
  answer.resolve({ count: 1, folder: 'embeddings tiny', files: [] });
  await exports.save('csv', [1]);
  expect(notices.said).toBe('1 embedding saved in Results/embeddings tiny');

  const other = world({ pickTarget: async () => undefined });
  await other.exports.save('csv', [1]);
  expect(other.asked).toEqual([]);
});

it('stops when it is cancelled, and hands nothing over', async () => {
  const { exports, notices, given, answer, stopped } = world();
  const saving = exports.save('csv', [1]);
  await Promise.resolve();
  exports.cancel();
  expect([exports.work, stopped()]).toEqual([undefined, 1]);
  answer.resolve({ count: 1, files: [file('embeddings.csv')] });
  await saving;
  expect(given).toEqual([]);
  expect(notices.said).toBe('Cancelled: nothing was saved');
});

it('reports what went wrong', async () => {
  const { exports, notices, answer } = world();
  answer.reject(failure('StorageFull', 'The disk is full'));
  await exports.save('csv', [1]);
  expect(notices.problems.map(({ happened }) => happened)).toEqual(['The disk is full.']);
  expect(exports.work).toBeUndefined();
});
