import { rateMeter } from '../src/hub/rate';
import type { Progress } from './api';

/** Gathers how far the three parts of a download are into one progress. Amounts in bytes of the checkpoint. */
export interface DownloadProgress {
  arrived(): void;
  converted(done: number): void;
  verified(done: number): void;
  /** The image tower can be opened. */
  imageTower(): void;
}

/** What is told: the download while it lasts, then the conversion, then what is left of the check. */
export function downloadProgress(
  file: { readonly arrived: number; readonly byteLength: number },
  onProgress: (progress: Progress) => void,
  now: () => number = () => performance.now(),
): DownloadProgress {
  const meter = rateMeter(now);
  const total = file.byteLength;
  let [converted, verified, imageTowerReady] = [0, 0, false];
  let told = -Infinity;

  function tell(): void {
    const ready = imageTowerReady ? { imageTowerReady } : {};
    if (file.arrived < total) {
      onProgress({
        stage: 'downloading',
        done: file.arrived,
        total,
        ...meter(file.arrived, total),
        ...ready,
      });
    } else if (converted < total) onProgress({ stage: 'storing', done: converted, total, ...ready });
    else onProgress({ stage: 'verifying', done: verified, total, ...ready });
  }

  /** Why not every time: pieces arrive by the thousand, and each message costs the page a turn. */
  function tellNow(isDue: boolean): void {
    if (!isDue && now() - told < 100) return;
    told = now();
    tell();
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
  };
}
