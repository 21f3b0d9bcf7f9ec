import { rateMeter } from '../../src/hub/rate';
import type { Progress } from '../api';

/** Gathers how far the three parts of a download are into one progress. Amounts in bytes of the checkpoint. */
export interface DownloadProgress {
  arrived(): void;
  converted(done: number): void;
  verified(done: number): void;
  /** The image tower can be opened. */
  imageTower(): void;
  /** Tells how far it came; resolves when the page knows, so that nothing it is told later overtakes it. */
  ended(): Promise<void>;
}

/** What is told: the download while it lasts, then the conversion, then what is left of the check. */
export function downloadProgress(
  file: { readonly arrived: number; readonly byteLength: number },
  onProgress: (progress: Progress) => void | Promise<void>,
  now: () => number = () => performance.now(),
): DownloadProgress {
  const meter = rateMeter(now);
  const total = file.byteLength;
  let [converted, verified, imageTowerReady] = [0, 0, false];
  let told = -Infinity;

  async function tell(): Promise<void> {
    await onProgress({ ...stage(), total, ...(imageTowerReady && { imageTowerReady }) });
  }

  function stage(): Pick<Progress, 'stage' | 'done' | 'bytesPerSecond' | 'secondsLeft'> {
    if (file.arrived < total)
      return { stage: 'downloading', done: file.arrived, ...meter(file.arrived, total) };
    return converted < total ? { stage: 'storing', done: converted } : { stage: 'verifying', done: verified };
  }

  /** Why not every time: pieces arrive by the thousand, and each message costs the page a turn. */
  function tellNow(isDue: boolean): void {
    if (!isDue && now() - told < 100) return;
    told = now();
    void tell();
  }

  return {
    arrived: () => tellNow(file.arrived === total),
    converted(done) {
      converted = done;
      tellNow(done === total);
    },
    verified(done) {
      verified = done;
      tellNow(done === total);
    },
    imageTower() {
      imageTowerReady = true;
      tellNow(true);
    },
    ended: tell,
  };
}
