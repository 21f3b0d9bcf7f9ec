import * as v from 'valibot';
import { Failure } from '../core/failure';
import { listOf, readAs, recordOf, size, text } from '../core/schema';
import { fieldText, parseLabels, synonymsOf } from './labels';
import { TEMPLATE_SETS, type TemplateSetId } from './templates';

/** Labels under a name. */
export type LabelSet = v.InferOutput<typeof labelSet>;

const labelSet = recordOf({
  name: text,
  /** As a field has it, with templates of its own among the labels. */
  text,
  /** The set of templates that is chosen for it; absent: the model's usual ones, or its own. */
  templates: v.exactOptional(v.picklist(TEMPLATE_SETS.map(({ id }) => id))),
});

/** Bytes that a file of labels may have. */
export const MOST_FILE_BYTES = 4_000_000;

/** Characters that a name, a label and a template may have. */
const MOST_CHARACTERS = 1000;

const FORMAT = 'clipscope label set';

/** Rises with what an older reader would misread. */
const VERSION = 1;

const short = v.pipe(text, v.maxLength(MOST_CHARACTERS));

/**
 * A set as a file, JSON in UTF-8:
 *
 *     { "format": "clipscope label set", "version": 1, "name": "Pets",
 *       "labels": [["dog", "puppy"], ["cat"]], "templates": ["a drawing of a {}."] }
 *
 * Each label begins with its name, its synonyms follow. A template has `{}` in the label's place; without templates, the
 * usual ones of the reader's model are used.
 */
const file = recordOf({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  name: short,
  labels: v.pipe(listOf(v.pipe(listOf(short), v.minLength(1))), v.minLength(1)),
  templates: v.exactOptional(listOf(short)),
});

const anyVersion = recordOf({ format: v.literal(FORMAT), version: size });

/** Sets read back from storage, without those that are not as they were written. */
export function readSets(value: unknown): readonly LabelSet[] {
  return Array.isArray(value) ? value.flatMap((one) => readAs(labelSet, one) ?? []) : [];
}

/** A set as the content of a file. */
export function labelSetJson({ name, text: field, templates }: LabelSet): string {
  const { labels, templates: own } = parseLabels(field);
  const chosen = own.length > 0 ? own : TEMPLATE_SETS.find(({ id }) => id === templates)?.templates;
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    name: name.slice(0, MOST_CHARACTERS),
    labels: labels.map(synonymsOf),
    ...(chosen && { templates: chosen }),
  } satisfies v.InferOutput<typeof file>);
}

/**
 * Reads a set that `labelSetJson` has written, or a text with one label a line.
 * @param name of its file, or what else it came as
 * @throws Failure LabelSetUnreadable if it is neither or has no labels; LabelSetNewer
 */
export function readLabelSet(content: string, name: string): LabelSet {
  const plain = content.replace(/^\uFEFF/, '');
  if (!plain.trimStart().startsWith('{')) return fromLines(plain, name);
  const value = parsed(plain);
  const read = readAs(file, value);
  const other = readAs(anyVersion, value);
  if (!read && other && other.version > VERSION) {
    throw new Failure('LabelSetNewer', `${name} was made by a newer version of Clipscope`);
  }
  if (!read) throw new Failure('LabelSetUnreadable', `${name} holds no label set of Clipscope`);
  const { templates = [] } = read;
  const known = TEMPLATE_SETS.find((set) => isSame(set.templates, templates));
  const labels = read.labels.map((synonyms) => synonyms.join(' | '));
  return setOf(read.name, [...labels, ...(known ? [] : templates)], name, known?.id);
}

function fromLines(content: string, name: string): LabelSet {
  const lines = content.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
  if (/[\0\uFFFD]/.test(content) || lines.some((line) => line.length > MOST_CHARACTERS)) {
    throw new Failure('LabelSetUnreadable', `${name} is not a text with one label a line`);
  }
  return setOf(name.replace(/\.[^.]+$/, ''), lines, name);
}

function setOf(named: string, lines: readonly string[], from: string, templates?: TemplateSetId): LabelSet {
  const field = fieldText(lines);
  if (parseLabels(field).labels.length === 0) {
    throw new Failure('LabelSetUnreadable', `${from} has no labels`);
  }
  const name = named.trim().replace(/\s+/g, ' ') || 'Labels';
  return { name, text: field, ...(templates && { templates }) };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
