import { rateMeter } from '../../src/hub/rate';
import type { Progress } from '../api';

/** Merges the progress of download, conversion and check into one. Amounts in checkpoint bytes. */
export interface DownloadProgress {
  arrived(): void;
  converted(done: number): void;
  verified(done: number): void;
  /** Call when the image tower can be opened. */
  imageTower(): void;
  /** Sends the last progress; resolves when the page has it, so no later message overtakes it. */
  ended(): Promise<void>;
}

/** Reports the download while it runs, then the conversion, then the rest of the check. */
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

  /** Why throttled: chunks arrive by the thousand, and each message costs the page an event-loop turn. */
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
