import { Failure } from '../../core/failure';

/** A setting that no shape tells, for a person to choose. */
export interface ShapeQuestion {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** The value taken where nobody answers; one of `choices`. */
  readonly preset: string;
}

/** Values in the order they are offered, each with its label. */
export type Choices<T extends string> = readonly (readonly [value: T, label: string])[];

/**
 * Asks while a config is written.
 *
 * Why questions and config come of one run: a setting cannot be asked for and then not written, nor the other way round.
 */
export class Interview {
  readonly #answers: Readonly<Record<string, string>>;
  readonly #questions: ShapeQuestion[] = [];

  /** `answers` by key; one to a question that is not asked is passed over. */
  constructor(answers: Readonly<Record<string, string>>) {
    this.#answers = answers;
  }

  /** What was asked so far. */
  get questions(): readonly ShapeQuestion[] {
    return this.#questions;
  }

  /** The answer, one of `choices`. @throws ArchitectureUnclear */
  choose<T extends string>(key: string, label: string, choices: Choices<T>, preset: NoInfer<T>): T {
    const answer = this.#ask(key, label, choices, preset);
    const found = choices.find(([value]) => value === answer);
    if (found === undefined) throw misfit(label, answer, choices);
    return found[0];
  }

  /**
   * The answer where more would do than can be listed: what `read` makes of it, for any answer that it makes something of.
   * @throws ArchitectureUnclear
   */
  read<T>(
    key: string,
    label: string,
    choices: Choices<string>,
    preset: string,
    read: (answer: string) => T | undefined,
  ): T {
    const answer = this.#ask(key, label, choices, preset);
    const value = read(answer);
    if (value === undefined) throw misfit(label, answer, choices);
    return value;
  }

  #ask(key: string, label: string, choices: Choices<string>, preset: string): string {
    const listed = choices.map(([value, text]) => ({ value, label: text }));
    this.#questions.push({ key, label, choices: listed, preset });
    return Object.hasOwn(this.#answers, key) ? (this.#answers[key] ?? preset) : preset;
  }
}

/** Far above any published model's. */
const WIDEST_HEAD = 256;

/** Below it only towers that are narrow themselves. */
const NARROWEST_HEAD = 16;

/** The width of a head in most published towers. */
const USUAL_HEAD = 64;

/**
 * The number of heads that share `width`. `published` has the head width of published towers by their width, where it is
 * not 64. @throws ArchitectureUnclear where the answer does not divide `width`
 */
export function askHeads(
  interview: Interview,
  key: 'imageHeads' | 'textHeads',
  width: number,
  published: ReadonlyMap<number, number>,
): number {
  const widths = headWidths(width);
  const headWidth = published.get(width) ?? widths.filter((one) => one <= USUAL_HEAD).at(-1) ?? widths[0]!;
  const label =
    key === 'imageHeads' ? 'Attention heads of the image tower' : 'Attention heads of the text tower';
  const choices = widths.map((one): [string, string] => {
    const heads = width / one;
    return [String(heads), `${heads} ${heads === 1 ? 'head' : 'heads'} of ${one}`];
  });
  return interview.read(key, label, choices.reverse(), String(width / headWidth), (answer) => {
    const heads = wholeNumber(answer);
    if (heads === undefined) return undefined;
    if (heads > 0 && width % heads === 0) return heads;
    throw unclear(`${label}: a width of ${width} cannot be shared by ${heads} heads.`);
  });
}

/** Head widths to offer, from narrow to wide: never none. */
function headWidths(width: number): number[] {
  const dividing = Array.from({ length: WIDEST_HEAD }, (_, index) => index + 1).filter(
    (one) => width % one === 0,
  );
  const wide = dividing.filter((one) => one >= NARROWEST_HEAD);
  const offered = width < USUAL_HEAD ? dividing : wide;
  return offered.length > 0 ? offered : [width];
}

/** A whole number of at most nine digits, else undefined. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export function unclear(message: string, options?: ErrorOptions): Failure {
  return new Failure('ArchitectureUnclear', message, options);
}

function misfit(label: string, answer: string, choices: Choices<string>): Failure {
  const values = choices.map(([value]) => value).join(', ');
  return unclear(`${label}: ${JSON.stringify(answer.slice(0, 40))} is none of ${values}.`);
}
