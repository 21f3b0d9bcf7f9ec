import { beforeEach, describe, expect, it } from 'vitest';
import type { RemoteCheckpoint, RemoteSource } from '../../../../workers/models-api';
import { Hub } from '../../../../src/ui/models/hub/hub.svelte';
import { Notices } from '../../../../src/ui/kit/notices.svelte';
import { deferred, failure, settled, memoryIn } from '../../fakes';

let remembered: Map<string, string>;
let allowed: (readonly string[])[];
let mayReach: boolean;
let restarts: number;
let isBusy: boolean;
let looks: { source: RemoteSource; answer: ReturnType<typeof deferred<RemoteCheckpoint>> }[];
let notices: Notices;
let hub: Hub;

beforeEach(() => {
  remembered = new Map();
  allowed = [];
  mayReach = true;
  isBusy = false;
  restarts = 0;
  looks = [];
  notices = new Notices();
  hub = make();
});

function make(): Hub {
  return new Hub({
    models: {
      inspect: (source) => {
        const answer = deferred<RemoteCheckpoint>();
        looks.push({ source, answer });
        return answer.promise;
      },
    },
    notices,
    allowHosts: async (origins) => {
      allowed.push(origins);
      return mayReach;
    },
    restartModels: () => {
      if (!isBusy) restarts++;
      return !isBusy;
    },
    memory: memoryIn(remembered),
    origin: 'https://clipscope.example',
  });
}

function checkpoint(source: RemoteSource): RemoteCheckpoint {
  return {
    source,
    downloadBytes: 605e6,
    imageSize: [224, 224],
    embedDim: 512,
    parameters: { image: 88e6, text: 63e6 },
    file: 'open_clip_model.safetensors',
    keptBytes: { fp32: 605e6, 'fp16-storage': 303e6 } as RemoteCheckpoint['keptBytes'],
    hasTokenizer: true,
  };
}

describe('Hub', () => {
  it('is huggingface.co unless told otherwise, and needs no permission', async () => {
    expect(hub.source('laion/x')).toEqual({
      kind: 'hub',
      hub: 'https://huggingface.co',
      repository: 'laion/x',
    });
    expect(hub.source('laion/laws/Model-B-32.pt')).toMatchObject({
      repository: 'laion/laws',
      weights: 'Model-B-32.pt',
    });
    await hub.reach(hub.source('laion/x'));
    expect(allowed).toEqual([]);
    expect(restarts).toBe(0);
  });

  it('takes a mirror, asks for permission once, and remembers it', async () => {
    expect(await hub.setAddress('https://mirror.example/hub/')).toBe(true);
    expect(hub.address).toBe('https://mirror.example/hub');
    expect(allowed).toEqual([['https://mirror.example']]);
    expect(restarts).toBe(1);
    await hub.reach(hub.source('a/b'));
    expect(restarts).toBe(1);
    expect(make().address).toBe('https://mirror.example/hub');
    await hub.setAddress('');
    expect(hub.address).toBe('https://huggingface.co');
    expect(make().address).toBe('https://huggingface.co');
  });

  it('takes no text that is no address', async () => {
    expect(await hub.setAddress('mirror')).toBe(false);
    expect(await hub.setAddress('http://mirror.example')).toBe(false);
    expect(hub.address).toBe('https://huggingface.co');
  });

  it('asks for all hosts together, so that none is lost', async () => {
    await hub.reach({ kind: 'folder', url: 'https://a.example/x/' });
    await hub.reach({ kind: 'folder', url: 'http://localhost:81/x/' });
    expect(allowed.at(-1)).toEqual(['https://a.example', 'http://localhost:81']);
  });

  it('needs no permission for what lies beside the page', async () => {
    await hub.reach({ kind: 'folder', url: 'https://clipscope.example/models/x/' });
    expect(allowed).toEqual([]);
  });

  it('asks all the same where nothing can allow a host: the request tells', async () => {
    mayReach = false;
    void hub.look('https://a.example/x/');
    await settled();
    expect(restarts).toBe(0);
    looks[0]!.answer.reject(failure('HostNotAllowed', 'this page is not allowed to reach a.example'));
    await settled();
    expect(hub.inspection).toEqual({
      phase: 'failed',
      problem:
        'This page is not allowed to reach a.example. Reload the page, which lets models come from there, then try again.',
    });
    mayReach = true;
    await hub.reach({ kind: 'folder', url: 'https://a.example/x/' });
    expect(restarts).toBe(1);
  });

  it('leaves a busy worker alone, and tries again the next time', async () => {
    isBusy = true;
    await hub.reach({ kind: 'folder', url: 'https://a.example/x/' });
    expect(restarts).toBe(0);
    isBusy = false;
    await hub.reach({ kind: 'folder', url: 'https://a.example/x/' });
    expect(restarts).toBe(1);
  });

  it('looks at a repository', async () => {
    void hub.look('laion/x@v1');
    expect(hub.inspection).toEqual({ phase: 'looking' });
    await settled();
    const { source, answer } = looks[0]!;
    expect(source).toMatchObject({ repository: 'laion/x', revision: 'v1' });
    answer.resolve(checkpoint(source));
    await settled();
    expect(hub.inspection).toEqual({ phase: 'found', checkpoint: checkpoint(source) });
  });

  it('says what is wrong with the text, or with the repository', async () => {
    await hub.look('what is this');
    expect(hub.inspection).toMatchObject({ phase: 'failed' });
    expect(looks).toEqual([]);
    void hub.look('laion/x');
    await settled();
    looks[0]!.answer.reject(failure('HubNotFound', 'there is no laion/x'));
    await settled();
    expect(hub.inspection).toEqual({
      phase: 'failed',
      problem: expect.stringMatching(/^There is no laion\/x\. Check the spelling of owner\/name/),
    });
  });

  it('drops an answer that came too late', async () => {
    void hub.look('laion/x');
    await settled();
    void hub.look('laion/y');
    await settled();
    looks[0]!.answer.resolve(checkpoint(looks[0]!.source));
    await settled();
    expect(hub.inspection).toEqual({ phase: 'looking' });
  });
});
