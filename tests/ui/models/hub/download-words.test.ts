import { describe, expect, it } from 'vitest';
import { downloadText, downloadTitle, goOnText } from '../../../../src/ui/models/hub/download-words';
import type { DownloadStatus } from '../../../../src/ui/models/hub/downloads.svelte';
import { fetchRequest } from '../../fakes';

const amount = { done: 312e6, total: 605e6 };

const TABLE: readonly [status: DownloadStatus, title: string, text: string][] = [
  [{ phase: 'waiting' }, 'Downloading B', 'Waiting for its turn'],
  [{ phase: 'downloading', done: 0, total: 0 }, 'Downloading B', 'Starting'],
  [
    { phase: 'downloading', ...amount, bytesPerSecond: 24.4e6, secondsLeft: 12 },
    'Downloading B',
    '312 of 605 MB · 24 MB/s · about 12 seconds',
  ],
  [{ phase: 'verifying', ...amount }, 'Verifying B', '312 of 605 MB'],
  [{ phase: 'storing', ...amount }, 'Converting B', '312 of 605 MB'],
  [{ phase: 'paused', ...amount }, 'Downloading B', 'Paused at 312 of 605 MB'],
  [{ phase: 'paused', done: 0, total: 0 }, 'Downloading B', 'Paused'],
  [{ phase: 'failed', remedy: 'resume', done: 0, total: 0 }, 'Downloading B', 'Could not begin'],
  [{ phase: 'failed', remedy: 'resume', ...amount }, 'Downloading B', 'Stopped at 312 of 605 MB'],
];

it.each<[status: DownloadStatus, text: string]>([
  [{ phase: 'paused', done: 0, total: 0 }, 'Resume'],
  [{ phase: 'failed', remedy: 'resume', ...amount }, 'Resume'],
  [{ phase: 'failed', remedy: 'start again', ...amount }, 'Start again'],
  [{ phase: 'failed', remedy: 'resume', done: 0, total: 0 }, 'Try again'],
])('%o goes on by “%s”', (status, text) => {
  expect(goOnText(status)).toBe(text);
});

describe('what is said of a download', () => {
  it.each(TABLE)('%o', (status, title, text) => {
    expect(downloadTitle({ request: fetchRequest('B'), status })).toBe(title);
    expect(downloadText(status)).toBe(text);
  });
});
