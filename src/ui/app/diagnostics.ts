import type { Backend, ModelSummary } from '../../../workers/api';
import type { StorageUse } from '../../../workers/models-api';
import type { FailureName } from '../../core/failure';
import { BACKEND_NAMES, PRECISION_NAMES, runsOnText } from '../models/model-words';
import type { ModelStatus } from '../models/model-status';
import type { Problem } from '../kit/notices.svelte';
import { bytesText, countText, plural } from '../kit/words';

/** The facts for a bug report. */
export interface Diagnostics {
  readonly version: string;
  /** Identifies this build of the version; undefined in development. */
  readonly build: string | undefined;
  readonly userAgent: string;
  /** Cross-origin isolated: without it wasm has one thread. */
  readonly isolated: boolean;
  readonly hasWebGpu: boolean;
  readonly status: ModelStatus;
  /** The backend requested by the user. */
  readonly asked: Backend | undefined;
  /** Of the loaded or loading model. */
  readonly summary: ModelSummary | undefined;
  readonly photos: number;
  readonly indexed: number;
  readonly skipped: number;
  readonly folders: number;
  /** Undefined if not measured. */
  readonly storage: StorageUse | undefined;
  /** Why photos are lost when the page closes; undefined if they are stored. */
  readonly unkept: FailureName | undefined;
  readonly problems: readonly Pick<Problem, 'topic' | 'name' | 'happened'>[];
  /** Names given by the user, which a problem's sentence may contain. */
  readonly ownNames: ReadonlySet<string>;
}

/** Plain text for a bug report, without names of photos or folders and without queries. */
export function diagnosticsText(facts: Diagnostics): string {
  const { version, build, status, photos, indexed, skipped, unkept, problems, ownNames } = facts;
  const problemText = ({ topic, name, happened }: (typeof problems)[number]) => {
    // An expected failure's name says enough, and its sentence may name files, hosts and models.
    const sentence = name === 'Unexpected' ? withoutNames(happened, ownNames) : undefined;
    return `- ${[topic.split(' ')[0], name, sentence].filter(Boolean).join(', ')}`;
  };
  return [
    `Clipscope ${version}${build === undefined ? '' : `, build ${build}`}`,
    `Browser: ${facts.userAgent}`,
    `Cross-origin isolated: ${facts.isolated ? 'yes' : 'no'}`,
    `WebGPU: ${facts.hasWebGpu ? 'offered' : 'not offered'} by this browser`,
    `Model: ${modelText(status, facts.summary)}`,
    `Runs on: ${status.phase === 'ready' ? runsOnText(status.loaded.runsOn) : `nothing (${status.phase})`}`,
    `Asked for: ${facts.asked === undefined ? 'what is fastest' : BACKEND_NAMES[facts.asked]}`,
    `Photos: ${countText(photos)}, ${countText(indexed)} of them indexed, ${plural(skipped, 'file')} skipped`,
    `Folders: ${countText(facts.folders)}`,
    `Storage: ${storageText(facts.storage)}`,
    `Library: ${unkept === undefined ? 'outlasts the page' : `lasts as long as the page (${unkept})`}`,
    problems.length === 0 ? 'Problems: none' : 'Problems:',
    ...problems.map(problemText),
    '',
  ].join('\n');
}

/** Whether it is the user's own model, whose name may be private. */
export function isOwn({ origin, repository }: ModelSummary): boolean {
  return origin !== 'built-in' && repository === undefined;
}

function modelText(status: ModelStatus, summary: ModelSummary | undefined): string {
  if (!summary) return 'none';
  const id = status.phase === 'ready' ? status.loaded.summary.id : summary.id;
  return `${isOwn(summary) ? 'one of the person’s own' : id}, ${PRECISION_NAMES[summary.precision]}`;
}

function storageText(use: StorageUse | undefined): string {
  if (!use) return 'not measured';
  const kept = use.persisted ? 'kept when space runs low' : 'may be deleted when space runs low';
  return `${bytesText(use.usage)} of ${bytesText(use.quota)}, ${kept}`;
}

/** `text` with all `names` and all quoted text removed. */
function withoutNames(text: string, names: ReadonlySet<string>): string {
  const lower = text.toLowerCase();
  // Why filter first: a library has a hundred thousand names, a sentence only a few of them.
  const found = [...names].filter((name) => name !== '' && lower.includes(name.toLowerCase()));
  return found
    .sort((a, b) => b.length - a.length)
    .reduce((left, name) => left.replace(wholeWord(name), '…'), text.replace(/“[^”]*”/g, '“…”'));
}

/** Why whole words: a folder may be called "a". */
function wholeWord(name: string): RegExp {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
}
