import { afterEach, beforeEach, expect, it } from 'vitest';
import { listDataset, readDataset } from '../../../workers/models/remote-dataset';
import { openScratch, testConnection, type Scratch } from '../../hub/fixtures';
import { openTestHub, type TestHub } from '../../helpers/hub';

let scratch: Scratch;
let hub: TestHub;
beforeEach(async () => {
  [scratch, hub] = [await openScratch(), await openTestHub()];
});
afterEach(async () => {
  await hub.close();
  await scratch.remove();
});

it('lists a data set at its commit, and reads parts of its files', async () => {
  const folder = await scratch.folder({ 'classnames.txt': 'a\nb\n', 'test/0.tar': '0123456789' });
  const { commit } = await hub.add('datasets/someone/wds_x', folder, { licence: 'mit' });
  const parts = { connection: testConnection() };
  const listed = await listDataset(parts, hub.url, 'someone/wds_x');
  expect(listed).toMatchObject({ hub: hub.url, repository: 'someone/wds_x', commit, licence: 'mit' });
  const tar = { path: 'test/0.tar', byteLength: 10 };
  expect(listed.files).toContainEqual(tar);
  // Whoever reads on after the branch has moved reads what was listed.
  await hub.add('datasets/someone/wds_x', await scratch.folder({ 'test/0.tar': 'abcdefghij' }));
  expect(new TextDecoder().decode(await readDataset(parts, listed, tar, 3, 7))).toBe('3456');
});

it('says that there is no such data set', async () => {
  const listing = listDataset({ connection: testConnection() }, hub.url, 'someone/nothing');
  await expect(listing).rejects.toThrow(expect.objectContaining({ name: 'HubNotFound' }));
});
