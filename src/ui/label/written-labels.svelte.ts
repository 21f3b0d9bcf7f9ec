import { nameOfLabel, parseLabels } from '../../zeroshot/labels';
import type { Memory } from '../kit/memory';

const REMEMBERED = 'clipscope labels';

/** The labels that the user has written, or those suggested meanwhile; remembered across visits. */
export class WrittenLabels {
  /** undefined: the suggested ones. */
  #written = $state<string | undefined>(undefined);
  readonly #suggested: () => readonly string[];
  readonly #memory: Memory | undefined;

  readonly #text = $derived.by(() => this.#written ?? this.#suggested().join('\n'));
  readonly #field = $derived(parseLabels(this.#text));
  readonly #names = $derived(this.#field.labels.map(nameOfLabel));

  /** @param suggested the labels while the user has written none */
  constructor(suggested: () => readonly string[], memory: Memory | undefined) {
    this.#suggested = suggested;
    this.#memory = memory;
    this.#written = memory?.getItem(REMEMBERED) ?? undefined;
  }

  /** The text field's content. */
  get text(): string {
    return this.#text;
  }

  /** The labels in it, with their synonyms. */
  get labels(): readonly string[] {
    return this.#field.labels;
  }

  /** What they are called. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The templates in it. */
  get templates(): readonly string[] {
    return this.#field.templates;
  }

  /** Whether the labels are the user's own. */
  get isWritten(): boolean {
    return this.#written !== undefined;
  }

  write(text: string): void {
    this.#written = text;
    this.#memory?.setItem(REMEMBERED, text);
  }

  /** Goes back to the suggested labels. */
  suggest(): void {
    this.#written = undefined;
    this.#memory?.removeItem(REMEMBERED);
  }
}
