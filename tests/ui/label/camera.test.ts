import { beforeEach, describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../../workers/api';
import { Camera, type CameraParts } from '../../../src/ui/label/camera.svelte';
import type { VideoFrames } from '../../../src/ui/label/video-frames';
import { Notices } from '../../../src/ui/kit/notices.svelte';
import { clip, deferred, failure, images, loadedModel, pictureRows, rows, settled } from '../fakes';

/** A camera that a test moves: what it sees is an angle. */
function device(id: string, settings: MediaTrackSettings = {}) {
  const track = Object.assign(new EventTarget(), {
    isOn: true,
    stop: () => void (track.isOn = false),
    getSettings: () => ({ deviceId: id, ...settings }),
  });
  const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
  return { track, stream: stream as unknown as MediaStream };
}

let notices: Notices;
let asked: (MediaStreamConstraints | undefined)[];
let current: ReturnType<typeof device>;
let refusal: DOMException | undefined;
/** Lets the camera show another frame. */
let showFrame: () => Promise<void>;
let degrees: number;
/** Frames that were taken. */
let taken: number;
let kept: File[];
let now: number;
let model: LoadedModel | undefined;
let names: readonly string[];
let tower: ReturnType<typeof clip>;
let parts: CameraParts;
let camera: Camera;

beforeEach(() => {
  notices = new Notices();
  asked = [];
  current = device('a');
  refusal = undefined;
  degrees = 20;
  taken = 0;
  kept = [];
  now = 0;
  model = loadedModel();
  names = ['at 10', 'at 30'];
  tower = clip();
  let waiting: (() => void)[] = [];
  showFrame = async () => {
    for (const show of waiting.splice(0)) show();
    await settled();
  };
  const openFrames = async (stream: MediaStream): Promise<VideoFrames> => ({
    video: {} as HTMLVideoElement,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    bitmap: async () => {
      taken++;
      return { width: degrees, close: () => {} } as ImageBitmap;
    },
    picture: async () => new Blob(['png']),
    close: () => {
      waiting = [];
      for (const track of stream.getTracks()) track.stop();
    },
  });
  parts = {
    media: {
      getUserMedia: async (wish) => {
        asked.push(wish);
        if (refusal) throw refusal;
        return current.stream;
      },
      enumerateDevices: async () =>
        [
          { kind: 'audioinput', deviceId: 'mic', label: 'Mic' },
          { kind: 'videoinput', deviceId: 'a', label: 'Front' },
          { kind: 'videoinput', deviceId: 'b', label: '' },
        ] as MediaDeviceInfo[],
    },
    openFrames,
    clip: tower,
    images,
    labels: {
      get names() {
        return names;
      },
      rowsBy: async ({ summary }) => rows(summary.id, ...names.map((name) => Number(name.slice(3)))),
    },
    model: () => model,
    notices,
    keep: async (picture) => void kept.push(picture),
    now: () => now,
    today: () => new Date(2026, 4, 31, 8, 2, 11).getTime(),
    onLost: () => notices.say('lost'),
  };
  camera = new Camera(parts);
});

const told = () => notices.problems.map(({ name }) => name);

describe('a camera', () => {
  it('is off until it is asked for, and then asks for pictures alone', async () => {
    expect([camera.phase, asked]).toEqual(['off', []]);
    await camera.start();
    await settled();
    expect([camera.phase, camera.device, asked]).toEqual(['on', 'a', [{ audio: false, video: true }]]);
    expect(camera.devices).toEqual([
      { id: 'a', name: 'Front' },
      { id: 'b', name: 'Camera 2' },
    ]);
  });

  it('is labelled frame by frame, as often as measured', async () => {
    await camera.start();
    await showFrame();
    // Alike to both.
    expect(camera.answer?.labels.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.5, 6),
      expect.closeTo(0.5, 6),
    ]);
    expect([camera.answer?.cosine, camera.rate]).toEqual([undefined, undefined]);
    degrees = 30;
    now = 250;
    await showFrame();
    const share = 1 / (1 + Math.exp(10 * (Math.cos((20 * Math.PI) / 180) - 1)));
    expect(camera.answer?.labels[0]).toEqual({ label: 'at 30', probability: expect.closeTo(share, 6) });
    expect(camera.rate).toBe(4);
    now = 500;
    await showFrame();
    expect(camera.rate).toBe(4);
    // What is older than a second counts no longer.
    now = 1400;
    await showFrame();
    expect(camera.rate).toBeCloseTo(1000 / 900, 9);
    now = 6400;
    await showFrame();
    expect(camera.rate).toBe(0.2);
  });

  it('skips what it shows while a frame is looked at, and never queues', async () => {
    const answer = deferred<ReturnType<typeof pictureRows>>();
    parts = { ...parts, clip: { encodeImages: () => answer.promise } };
    camera = new Camera(parts);
    await camera.start();
    await showFrame();
    for (let frame = 0; frame < 5; frame++) await showFrame();
    expect(taken).toBe(1);
    answer.resolve(pictureRows('tiny', 10));
    await settled();
    expect(camera.answer?.labels[0]?.label).toBe('at 10');
    await showFrame();
    expect(taken).toBe(2);
  });

  it('tells the cosine of an only label', async () => {
    names = ['at 80'];
    await camera.start();
    await showFrame();
    expect(camera.answer?.cosine).toBeCloseTo(0.5, 6);
  });

  it('waits for labels, for a model, and for its texts', async () => {
    await camera.start();
    for (const missing of ['labels', 'model', 'texts']) {
      names = missing === 'labels' ? [] : ['at 10'];
      model = missing === 'model' ? undefined : { ...loadedModel(), hasText: missing !== 'texts' };
      await showFrame();
      expect([camera.answer, taken, camera.phase]).toEqual([undefined, 0, 'on']);
    }
    model = loadedModel();
    await showFrame();
    expect(camera.answer).toBeDefined();
  });

  it('goes dark when it is stopped, and answers nothing after that', async () => {
    const answer = deferred<ReturnType<typeof pictureRows>>();
    camera = new Camera({ ...parts, clip: { encodeImages: () => answer.promise } });
    await camera.start();
    await showFrame();
    camera.stop();
    expect([camera.phase, current.track.isOn, camera.video]).toEqual(['off', false, undefined]);
    answer.resolve(pictureRows('tiny', 10));
    await settled();
    expect([camera.answer, notices.said, told()]).toEqual([undefined, 'The camera is off', []]);
  });

  it('goes dark if it is stopped while the browser still asks', async () => {
    const answer = deferred<MediaStream>();
    camera = new Camera({ ...parts, media: { ...parts.media!, getUserMedia: () => answer.promise } });
    const starting = camera.start();
    expect(camera.phase).toBe('starting');
    camera.stop();
    answer.resolve(current.stream);
    await starting;
    expect([camera.phase, current.track.isOn]).toEqual(['off', false]);
  });

  it('gives way to another one, by its id or by where it looks', async () => {
    current = device('a', { facingMode: 'user' });
    const front = current;
    await camera.start();
    expect(camera.facing).toBe('user');
    current = device('b', { facingMode: 'environment' });
    await camera.start({ facing: 'environment' });
    expect([front.track.isOn, camera.device, camera.facing]).toEqual([false, 'b', 'environment']);
    await camera.start({ id: 'a' });
    expect(asked.slice(1).map((wish) => wish?.video)).toEqual([
      { facingMode: 'environment' },
      { deviceId: { exact: 'a' } },
    ]);
    expect(camera.phase).toBe('on');
  });

  it('keeps a frame only when asked, named by date and time', async () => {
    await camera.keepFrame();
    await camera.start();
    await showFrame();
    expect(kept).toEqual([]);
    await camera.keepFrame();
    expect(kept.map(({ name, type }) => [name, type])).toEqual([
      ['Camera 2026-05-31 08.02.11.png', 'image/png'],
    ]);
  });
});

describe('a camera that cannot be used', () => {
  it.each([
    ['NotAllowedError', 'CameraDenied'],
    ['NotFoundError', 'CameraMissing'],
    ['OverconstrainedError', 'CameraMissing'],
    ['NotReadableError', 'CameraBusy'],
    ['AbortError', 'CameraBusy'],
  ])('for %s is named %s', async (name, expected) => {
    refusal = new DOMException('no', name);
    await camera.start();
    expect([told(), camera.phase]).toEqual([[expected], 'off']);
    refusal = undefined;
    await camera.start();
    expect([told(), camera.phase]).toEqual([[], 'on']);
  });

  it('is missing where the browser shows none', async () => {
    camera = new Camera({ ...parts, media: undefined });
    await camera.start();
    expect(told()).toEqual(['CameraMissing']);
  });

  it('is told when it is taken away while it runs', async () => {
    await camera.start();
    current.track.dispatchEvent(new Event('ended'));
    expect([told(), camera.phase]).toEqual([['CameraLost'], 'off']);
  });

  it('stops where the tower fails, and goes on where another model is opened', async () => {
    const first = model;
    const encodeImages = async (id: string) => {
      if (id === 'tiny') throw failure('ModelNotLoaded');
      return pictureRows(id, 30);
    };
    camera = new Camera({ ...parts, clip: { encodeImages } });
    await camera.start();
    await showFrame();
    expect([told(), camera.phase, current.track.isOn]).toEqual([['ModelNotLoaded'], 'off', false]);

    current = device('a');
    camera = new Camera({
      ...parts,
      clip: {
        encodeImages: (id) => {
          if (model === first) model = loadedModel('other');
          return encodeImages(id);
        },
      },
    });
    await camera.start();
    await showFrame();
    await showFrame();
    expect([camera.phase, camera.answer?.labels[0]?.label]).toEqual(['on', 'at 30']);
  });

  it('passes a lost device on', async () => {
    camera = new Camera({
      ...parts,
      clip: { encodeImages: () => Promise.reject(failure('DeviceLost')) },
    });
    await camera.start();
    await showFrame();
    expect([notices.said, told(), camera.phase]).toEqual(['lost', [], 'off']);
  });
});
