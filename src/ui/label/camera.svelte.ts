import type { ClipApi, ImageApi, LoadedModel } from '../../../workers/api';
import { Failure } from '../../core/failure';
import { turns } from '../../core/tasks';
import { dot } from '../../core/vectors';
import { rowAt } from '../../core/unit-rows';
import { rank, sigmoid, softmax, type RankedLabel } from '../../zeroshot/classifier';
import { tellFailure } from '../models/current-model';
import type { Notices } from '../kit/notices.svelte';
import { batchOf } from '../indexing/picture-batch';
import { cameraFailure } from './camera-failure';
import type { Labels } from './labels.svelte';
import type { VideoFrames } from './video-frames';

/** A camera of this device. */
export interface CameraDevice {
  readonly id: string;
  readonly name: string;
}

/** What one frame looks like. */
export interface FrameAnswer {
  /** Descending. */
  readonly labels: readonly RankedLabel[];
  /** The cosine with the only label, which has none to share with. */
  readonly cosine: number | undefined;
}

/** Which camera: that of this id, or the one that looks at the user or away. */
export type CameraChoice = { readonly id: string } | { readonly facing: 'user' | 'environment' };

export interface CameraParts {
  /** Undefined where the browser lets no page see a camera. */
  readonly media: Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'> | undefined;
  readonly openFrames: (stream: MediaStream) => Promise<VideoFrames>;
  readonly clip: Pick<ClipApi, 'encodeImages'>;
  readonly images: Pick<ImageApi, 'prepareBitmap'>;
  readonly labels: Pick<Labels, 'names' | 'rowsBy'>;
  /** The model that is loaded. */
  readonly model: () => LoadedModel | undefined;
  readonly notices: Pick<Notices, 'say' | 'report' | 'clear'>;
  /** Takes a picture into the library. */
  readonly keep: (picture: File) => Promise<void>;
  /** Milliseconds since the page was opened, and since 1970. */
  readonly now: () => number;
  readonly today: () => number;
  /** The GPU device was lost. */
  readonly onLost: (error: unknown) => void;
}

const TOPIC = 'camera';

/** Milliseconds over which frames are counted. */
const SECOND = 1000;

/**
 * Labels what a camera sees, one frame at a time. Nothing of it is kept unless the user asks for it.
 *
 * Why a frame is taken only when the one before it is answered: what the camera shows meanwhile is skipped, so that an
 * answer is never older than one run of the tower, and a typed query waits for one run at most.
 */
export class Camera {
  #phase = $state<'off' | 'starting' | 'on'>('off');
  #devices = $state.raw<readonly CameraDevice[]>([]);
  #device = $state<string | undefined>(undefined);
  #facing = $state<'user' | 'environment' | undefined>(undefined);
  #frames = $state.raw<VideoFrames | undefined>(undefined);
  #answer = $state.raw<FrameAnswer | undefined>(undefined);
  #rate = $state<number | undefined>(undefined);
  /** When the frames of the last second were answered. */
  #answered: number[] = [];
  readonly #turns = turns();
  readonly #parts: CameraParts;

  constructor(parts: CameraParts) {
    this.#parts = parts;
  }

  get phase(): 'off' | 'starting' | 'on' {
    return this.#phase;
  }

  /** The cameras there are, once one may be used: before, browsers do not name them. */
  get devices(): readonly CameraDevice[] {
    return this.#devices;
  }

  /** Id of the camera in use. */
  get device(): string | undefined {
    return this.#device;
  }

  /** Where the camera in use looks; undefined where it does not say, as most at a desk. */
  get facing(): 'user' | 'environment' | undefined {
    return this.#facing;
  }

  /** What the camera shows. */
  get video(): HTMLVideoElement | undefined {
    return this.#frames?.video;
  }

  /** Of the last frame; undefined before the first one, and without labels. */
  get answer(): FrameAnswer | undefined {
    return this.#answer;
  }

  /** Frames answered a second, over the last second; undefined until there are two. */
  get rate(): number | undefined {
    return this.#rate;
  }

  /** Starts the camera, or another one. Failures are reported. @param choice default: the browser's */
  async start(choice?: CameraChoice): Promise<void> {
    const { media, openFrames, notices } = this.#parts;
    this.#end();
    const isLatest = this.#turns.begin();
    this.#phase = 'starting';
    notices.clear(TOPIC);
    let stream: MediaStream | undefined;
    try {
      if (!media) throw new Failure('CameraMissing', 'This browser lets the page see no camera');
      stream = await media.getUserMedia({ audio: false, video: wishFor(choice) });
      const [track] = stream.getVideoTracks();
      if (!isLatest() || !track) {
        stop(stream);
        return;
      }
      const frames = await openFrames(stream);
      if (!isLatest()) {
        frames.close();
        return;
      }
      this.#frames = frames;
      track.addEventListener('ended', () => {
        if (isLatest()) this.#fail(new Failure('CameraLost', 'The camera was taken away'));
      });
      const { deviceId, facingMode } = track.getSettings();
      this.#device = deviceId;
      this.#facing = facingMode === 'user' || facingMode === 'environment' ? facingMode : undefined;
      this.#phase = 'on';
      notices.say('The camera is on. Nothing of it is kept');
      void this.#list(media);
      void this.#look(frames, isLatest);
    } catch (error) {
      if (stream) stop(stream);
      if (isLatest()) this.#fail(cameraFailure(error));
    }
  }

  /** Stops the camera: its light goes out. */
  stop(why = 'The camera is off'): void {
    if (this.#phase === 'off') return;
    this.#end();
    this.#parts.notices.say(why);
  }

  /** Keeps what the camera shows now as a photo of the library, named by date and time. */
  async keepFrame(): Promise<void> {
    const { keep, today, notices } = this.#parts;
    const frames = this.#frames;
    if (!frames) return;
    try {
      const picture = await frames.picture();
      const name = `Camera ${timeInName(new Date(today()))}.png`;
      await keep(new File([picture], name, { type: 'image/png', lastModified: today() }));
    } catch (error) {
      notices.report(TOPIC, error);
    }
  }

  async #look(frames: VideoFrames, isLatest: () => boolean): Promise<void> {
    const { model: current, onLost, notices } = this.#parts;
    while (isLatest()) {
      await frames.next();
      if (!isLatest()) return;
      const model = current();
      if (!model) continue;
      try {
        const answer = await this.#see(frames, model);
        if (!isLatest()) return;
        this.#answer = answer;
        if (answer) this.#count();
      } catch (error) {
        // Another model is being opened.
        if (model !== current()) continue;
        if (!isLatest()) return;
        this.#end();
        tellFailure(TOPIC, error, { notices, onLost });
      }
    }
  }

  /** Undefined without labels, or until the model's text tower is there. */
  async #see(frames: VideoFrames, model: LoadedModel): Promise<FrameAnswer | undefined> {
    const { clip, images, labels } = this.#parts;
    const { names } = labels;
    if (names.length === 0 || !model.hasText) return undefined;
    const rows = await labels.rowsBy(model);
    const bitmap = await frames.bitmap();
    const prepared = await images.prepareBitmap(bitmap, model.preprocess).finally(() => bitmap.close());
    if (!prepared.ok) throw new Failure(prepared.name, prepared.message);
    const { data } = await clip.encodeImages(model.summary.id, batchOf(model, [prepared]));
    const cosines = Float32Array.from(names, (_, at) => dot(data, rowAt(rows, at)));
    const { logitScale, logitBias } = model;
    const shares =
      logitBias === null ? softmax(cosines, logitScale) : sigmoid(cosines, logitScale, logitBias);
    const isAlone = names.length === 1 && logitBias === null;
    return { labels: rank(names, shares), cosine: isAlone ? cosines[0] : undefined };
  }

  /** Why since the second before the last: where a frame takes longer, the last two tell. */
  #count(): void {
    const now = this.#parts.now();
    const recent = this.#answered.filter((time) => now - time <= SECOND);
    this.#answered = [...(recent.length > 0 ? recent : this.#answered.slice(-1)), now];
    const [first = now] = this.#answered;
    this.#rate = now > first ? ((this.#answered.length - 1) * SECOND) / (now - first) : undefined;
  }

  async #list(media: Pick<MediaDevices, 'enumerateDevices'>): Promise<void> {
    const all = await media.enumerateDevices().catch(() => []);
    this.#devices = all
      .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
      .map(({ deviceId: id, label }, at) => ({ id, name: label || `Camera ${at + 1}` }));
  }

  #fail(error: unknown): void {
    this.#end();
    this.#parts.notices.report(TOPIC, error);
  }

  #end(): void {
    this.#turns.end();
    this.#frames?.close();
    this.#frames = undefined;
    this.#answer = undefined;
    this.#rate = undefined;
    this.#answered = [];
    this.#phase = 'off';
  }
}

function wishFor(choice: CameraChoice | undefined): MediaTrackConstraints | true {
  if (!choice) return true;
  return 'id' in choice ? { deviceId: { exact: choice.id } } : { facingMode: choice.facing };
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** "2026-05-31 18.02.11", by this device's clock: file systems take no colons. */
function timeInName(time: Date): string {
  const two = (number: number) => `${number}`.padStart(2, '0');
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('.')}`;
}
