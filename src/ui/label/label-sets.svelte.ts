import type { SavedFile } from '../../../workers/models-api';
import { Failure } from '../../core/failure';
import { packText, unpackText } from '../../core/packed-text';
import { turns } from '../../core/tasks';
import {
  labelSetJson,
  MOST_FILE_BYTES,
  readLabelSet,
  readSets,
  type LabelSet,
} from '../../zeroshot/label-set';
import type { TemplateSetId } from '../../zeroshot/templates';
import { safeName } from '../grid/file-names';
import type { Memory } from '../kit/memory';
import { NamedList } from '../kit/named-list.svelte';
import type { Notices } from '../kit/notices.svelte';
import { bytesText } from '../kit/words';

/** Labels of data sets, which are fetched when one is chosen. */
export const PRESETS = [
  { id: 'cifar10', title: 'CIFAR-10: 10 things' },
  { id: 'pets', title: 'Oxford-IIIT Pets: 37 breeds of cats and dogs' },
  { id: 'flowers', title: 'Oxford Flowers: 102 kinds' },
  { id: 'caltech101', title: 'Caltech-101: 102 things' },
  { id: 'country211', title: 'Country211: 211 countries' },
  { id: 'imagenet1k', title: 'ImageNet-1k: 998 things and animals, 7 templates' },
] as const;

export interface LabelSetsParts {
  /** The field, and the templates that are chosen beside it. */
  readonly labels: {
    readonly text: string;
    readonly isWritten: boolean;
    readonly chosenTemplates: TemplateSetId | undefined;
    write(text: string): void;
    suggest(): void;
    chooseTemplates(id: TemplateSetId | undefined): void;
  };
  readonly notices: Pick<Notices, 'say' | 'report' | 'warn' | 'clear'>;
  readonly memory: Memory | undefined;
  /** Downloads files for the user. */
  readonly handOver: (files: readonly SavedFile[]) => void;
  /** A set from elsewhere is to be looked at. */
  readonly onOffer: () => void;
}

/** What the field held, and what was put there in its place. */
interface FieldChange {
  /** Undefined: the suggested labels. */
  readonly text: string | undefined;
  readonly templates: TemplateSetId | undefined;
  readonly put: string;
}

const REMEMBERED = 'clipscope label sets';

const TOPIC = 'label sets';

/**
 * Characters of a link. Browsers take many more; programs that pass a link on, such as mail and chat, cut longer ones.
 */
const LONGEST_LINK = 8000;

/** Bytes that a link's set may have unpacked: what is deflated is at most some thousand times smaller. */
const MOST_LINKED_BYTES = 1_000_000;

/** The name of a set that was not given one. */
const UNNAMED = 'Labels';

/** The user's saved sets of labels, those of data sets, and those that come from and go to others. */
export class LabelSets {
  /** The last change of the field by a set, unless the saved sets were changed since. */
  #replaced = $state.raw<FieldChange | undefined>(undefined);
  #offered = $state.raw<LabelSet | undefined>(undefined);
  #offeredLink = $state.raw<string | undefined>(undefined);
  readonly #offers = turns();
  readonly #parts: LabelSetsParts;
  readonly #saved: NamedList<LabelSet>;

  constructor(parts: LabelSetsParts) {
    this.#parts = parts;
    this.#saved = new NamedList({ ...parts, key: REMEMBERED, read: readSets, topic: TOPIC });
  }

  /** By name. */
  get saved(): readonly LabelSet[] {
    return this.#saved.items;
  }

  /** The name of the saved set that is in the field, as it was saved. */
  get current(): string | undefined {
    const { text, chosenTemplates } = this.#parts.labels;
    const isIn = (set: LabelSet) => set.text === text && set.templates === chosenTemplates;
    return this.saved.find(isIn)?.name;
  }

  /** Whether the last change can be taken back: one of the field as long as nothing was written there since. */
  get canUndo(): boolean {
    return this.#replaced ? this.#replaced.put === this.#parts.labels.text : this.#saved.canUndo;
  }

  /** A set from a file or a link, which the user is asked about. */
  get offered(): LabelSet | undefined {
    return this.#offered;
  }

  /** What the address has of it, if it came with a link: a reload asks again. */
  get offeredLink(): string | undefined {
    return this.#offeredLink;
  }

  /** Puts a saved set into the field. */
  use(name: string): void {
    const set = this.#saved.get(name);
    if (set) this.#put(set);
  }

  /** Puts a data set's labels into the field, with its templates. */
  async usePreset(id: string): Promise<void> {
    const { notices } = this.#parts;
    try {
      const { presetText } = await import('./preset-sets');
      this.#put(presetText(id));
      notices.clear(TOPIC);
    } catch (error) {
      notices.report(TOPIC, error);
    }
  }

  /** Goes back to the suggested labels. */
  useSuggested(): void {
    this.#put(undefined);
  }

  /** Saves what is in the field under a name, in place of a set of that name. */
  save(name: string): void {
    this.#saved.save(this.#own(name));
    this.#replaced = undefined;
  }

  /** Gives a saved set another name, in place of a set of that name. */
  rename(from: string, to: string): void {
    this.#saved.rename(from, to);
    this.#replaced = undefined;
  }

  /** Deletes a saved set; the labels in the field stay. */
  remove(name: string): void {
    this.#saved.remove(name);
    this.#replaced = undefined;
  }

  /** Takes the last change of the field by a set, or of the saved sets, back. */
  undo(): void {
    const { labels, notices } = this.#parts;
    const before = this.#replaced;
    if (!this.canUndo) return;
    if (!before) this.#saved.undo();
    else {
      labels.chooseTemplates(before.templates);
      if (before.text === undefined) labels.suggest();
      else labels.write(before.text);
      notices.say('Undone');
      this.#replaced = undefined;
    }
  }

  /** Asks the user about the set in a file: JSON that was saved here, or a text with one label a line. */
  async open(given: File): Promise<void> {
    await this.#offer(undefined, async () => {
      const { name, size } = given;
      if (size > MOST_FILE_BYTES) {
        const most = bytesText(MOST_FILE_BYTES);
        throw new Failure(
          'LabelSetUnreadable',
          `${name} has ${bytesText(size)}, a label set at most ${most}`,
        );
      }
      const content = await given.arrayBuffer().catch((cause: unknown) => {
        throw new Failure('FileUnreadable', `${name} could not be read`, { cause });
      });
      const bytes = new Uint8Array(content);
      // Of UTF-16, as some editors write it.
      const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
      return readLabelSet(new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes), name);
    });
  }

  /** Asks the user about the set in a link. */
  async openLink(packed: string): Promise<void> {
    if (packed === this.#offeredLink) return;
    await this.#offer(packed, async () => {
      const isShort = packed.length <= LONGEST_LINK;
      const content = isShort ? await unpackText(packed, MOST_LINKED_BYTES) : undefined;
      if (content === undefined) throw new Failure('LabelSetUnreadable', 'The link was cut short or changed');
      return readLabelSet(content, 'The link');
    });
  }

  /** Puts the offered set into the field. */
  useOffered(): void {
    const set = this.#offered;
    if (!set) return;
    this.#put(set);
    this.leave();
  }

  /** Saves the offered set beside those that are saved; one of the same name keeps it. */
  saveOffered(): void {
    const set = this.#offered;
    if (!set) return;
    this.#saved.save({ ...set, name: this.#saved.freeName(set.name) });
    this.#replaced = undefined;
    this.leave();
  }

  /** Takes the offered set away. */
  leave(): void {
    this.#offered = undefined;
    this.#offeredLink = undefined;
  }

  /**
   * A link to what is in the field; undefined if it is too much for one, which is told.
   * @param page address of the page, without parameters
   */
  async link(page: string): Promise<string | undefined> {
    const { notices } = this.#parts;
    const packed = await packText(labelSetJson(this.#own()));
    notices.clear(TOPIC);
    if (packed.length <= LONGEST_LINK) return `${page}?tab=label#label-set=${packed}`;
    notices.warn(
      TOPIC,
      {
        happened: `These labels are too many for a link: they take ${bytesText(packed.length)}, and a link holds ${bytesText(LONGEST_LINK)}.`,
        todo: 'Save them as a file, and pass that on.',
      },
      { label: 'Save as a file', run: () => this.saveFile() },
    );
    return undefined;
  }

  /** Saves what is in the field as a file. */
  saveFile(): void {
    const { handOver, notices } = this.#parts;
    const set = this.#own();
    const name = `${safeName(set.name)}.labels.json`;
    handOver([{ name, file: new Blob([labelSetJson(set)], { type: 'application/json' }) }]);
    notices.clear(TOPIC);
    notices.say(`Saved as ${name}`);
  }

  /** What is in the field, under a name. */
  #own(name = this.current ?? UNNAMED): LabelSet {
    const { text, chosenTemplates: templates } = this.#parts.labels;
    return { name, text, ...(templates && { templates }) };
  }

  async #offer(link: string | undefined, read: () => Promise<LabelSet>): Promise<void> {
    const { notices, onOffer } = this.#parts;
    const isLatest = this.#offers.begin();
    notices.clear(TOPIC);
    this.#offeredLink = link;
    try {
      const set = await read();
      if (!isLatest()) return;
      this.#offered = set;
      onOffer();
    } catch (error) {
      if (!isLatest()) return;
      this.leave();
      notices.report(TOPIC, error);
    }
  }

  /** Puts a set into the field; undefined: the suggested labels. */
  #put(set: Pick<LabelSet, 'text' | 'templates'> | undefined): void {
    const { labels } = this.#parts;
    const { chosenTemplates: templates } = labels;
    const text = labels.isWritten ? labels.text : undefined;
    labels.chooseTemplates(set?.templates);
    if (set) labels.write(set.text);
    else labels.suggest();
    this.#replaced = { text, templates, put: labels.text };
    this.#saved.settle();
  }
}
