import type { Download, DownloadStatus } from './downloads.svelte';
import { bytesOfText, bytesText, timeLeftText } from '../../kit/words';

const VERBS: Readonly<Record<DownloadStatus['phase'], string>> = {
  waiting: 'Downloading',
  downloading: 'Downloading',
  verifying: 'Verifying',
  storing: 'Converting',
  paused: 'Downloading',
  failed: 'Downloading',
};

/** The current activity: "Downloading ViT-B-32", "Verifying ViT-B-32", "Converting ViT-B-32". */
export function downloadTitle({ request, status }: Pick<Download, 'request' | 'status'>): string {
  return `${VERBS[status.phase]} ${request.name}`;
}

/** The button that goes on with a paused or failed download: what never began cannot be resumed. */
export function goOnText(status: DownloadStatus): string {
  if (status.phase !== 'failed') return 'Resume';
  if (status.remedy === 'start again') return 'Start again';
  return status.total > 0 ? 'Resume' : 'Try again';
}

/** The progress: "312 of 605 MB · 24 MB/s · about 12 seconds"; "Paused at 312 of 605 MB". */
export function downloadText(status: DownloadStatus): string {
  if (status.phase === 'waiting') return 'Waiting for its turn';
  const amount = status.total > 0 ? bytesOfText(status.done, status.total) : '';
  if (status.phase === 'paused') return amount ? `Paused at ${amount}` : 'Paused';
  if (status.phase === 'failed') return amount ? `Stopped at ${amount}` : 'Could not begin';
  const rate = status.bytesPerSecond ? `${bytesText(status.bytesPerSecond)}/s` : '';
  const left = status.secondsLeft === undefined ? '' : timeLeftText(status.secondsLeft);
  return [amount || 'Starting', rate, left].filter(Boolean).join(' · ');
}
