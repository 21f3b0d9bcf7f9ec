import { expect, it } from 'vitest';
import type { PlannedRequest } from '../../../workers/models-api';
import { idOf } from '../../../workers/models/download-plan';
import { requestOf } from '../../../src/ui/models/fetch-again';
import { summary } from '../fakes';

const sourceOf = (repository: string) => ({ kind: 'hub', hub: 'https://hub.test', repository }) as const;

/** The summary of a model that this request made, at the commit `c0ffee`. */
async function madeBy(request: PlannedRequest) {
  const { name, precision } = request;
  return { ...summary(await idOf(request), 'hub'), name, precision, repository: 'a/vit', commit: 'c0ffee' };
}

it.each([
  ['a repository', sourceOf('a/vit')],
  ['one commit of it', { ...sourceOf('a/vit'), revision: 'c0ffee' }],
])('a model made of %s is asked for in the same way', async (_, source) => {
  const request = { source, name: 'ViT', precision: 'q8' } as const;
  expect(await requestOf(await madeBy(request), sourceOf, { idOf })).toEqual(request);
});

it.each([
  ['a folder in it', { ...sourceOf('a/vit'), folder: 'epoch-5' }],
  ['another hub', { ...sourceOf('a/vit'), hub: 'https://other.test' }],
])('a model made of %s is not taken for it', async (_, source) => {
  const model = await madeBy({ source, name: 'ViT', precision: 'q8' });
  expect(await requestOf(model, sourceOf, { idOf })).toBeUndefined();
});

it('a model of the person’s own has no request', async () => {
  expect(await requestOf(summary('mine', 'folder'), sourceOf, { idOf })).toBeUndefined();
});
