import { Failure } from '../../core/failure';

/** A setting that no shape reveals, for the user to choose. */
export interface ShapeQuestion {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** The default; one of `choices`. */
  readonly preset: string;
}

/** Values in display order, each with its label. */
export type Choices<T extends string> = readonly (readonly [value: T, label: string])[];

/**
 * Collects questions while writing a config.
 *
 * Why one pass makes both: no question can lack its setting in the config, nor a setting its question.
 */
export class Interview {
  readonly #answers: Readonly<Record<string, string>>;
  readonly #questions: ShapeQuestion[] = [];

  /** `answers` by key; answers to questions not asked are ignored. */
  constructor(answers: Readonly<Record<string, string>>) {
    this.#answers = answers;
  }

  /** The questions asked so far. */
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
   * The answer to an open question, parsed by `read`, which returns undefined for an invalid answer.
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

/** Questions about heads. */
const HEADS = {
  imageHeads: 'Attention heads of the image tower',
  poolHeads: 'Attention heads of its pooler',
  textHeads: 'Attention heads of the text tower',
} as const;

/** Far above any published model's. */
const WIDEST_HEAD = 256;

/** Only very narrow towers have narrower heads. */
const NARROWEST_HEAD = 16;

/** The head width of most published towers. */
const USUAL_HEAD = 64;

/**
 * The number of heads that share `width`. `published` maps tower widths to head widths other than 64.
 * @throws ArchitectureUnclear if the answer does not divide `width`
 */
export function askHeads(
  interview: Interview,
  key: keyof typeof HEADS,
  width: number,
  published: ReadonlyMap<number, number>,
): number {
  const widths = headWidths(width);
  const headWidth = published.get(width) ?? widths.filter((one) => one <= USUAL_HEAD).at(-1) ?? widths[0]!;
  const label = HEADS[key];
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

/** Head widths to offer, ascending; never empty. */
function headWidths(width: number): number[] {
  const dividing = Array.from({ length: WIDEST_HEAD }, (_, index) => index + 1).filter(
    (one) => width % one === 0,
  );
  const wide = dividing.filter((one) => one >= NARROWEST_HEAD);
  const offered = width < USUAL_HEAD ? dividing : wide;
  return offered.length > 0 ? offered : [width];
}

/** An integer of at most nine digits, else undefined. */
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
