import { failureName, type FailureName } from '../../core/failure';
import { describe, type Described } from './failures';

/** One button. */
export interface Action {
  readonly label: string;
  run(): void;
}

/** A problem shown on the page; a newer one on the same topic replaces it. */
export interface Problem extends Described {
  readonly topic: string;
  /** The failure's name; absent if there was none, as with a model running on another backend than requested. */
  readonly name?: FailureName | 'Unexpected';
  readonly action: Action | undefined;
}

/** Messages to the user: problems as alerts, everything else as one line that screen readers announce. */
export class Notices {
  #problems = $state.raw<readonly Problem[]>([]);
  #said = $state('');

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** The last announcement. */
  get said(): string {
    return this.#said;
  }

  say(text: string): void {
    this.#said = text;
  }

  /** Shows a thrown error. */
  report(topic: string, error: unknown, action?: Action): void {
    this.#show({ topic, ...describe(error), name: failureName(error) ?? 'Unexpected', action });
  }

  warn(topic: string, { happened, todo }: Described, action?: Action): void {
    this.#show({ topic, happened, todo, action });
  }

  /** Removes the problem on `topic`, if there is one. */
  clear(topic: string): void {
    if (this.#problems.some((problem) => problem.topic === topic)) {
      this.#problems = this.#problems.filter((problem) => problem.topic !== topic);
    }
  }

  #show(problem: Problem): void {
    this.#problems = [...this.#problems.filter(({ topic }) => topic !== problem.topic), problem];
  }
}
