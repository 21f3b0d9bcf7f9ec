import type { ModelsApi, RemoteCheckpoint, RemoteSource } from '../../../../workers/models-api';
import { turns } from '../../../core/tasks';
import { describe } from '../../kit/failures';
import { DEFAULT_HUB, originOf, readHub, readSource, SOURCE_HINT } from './hub-source';
import type { Notices } from '../../kit/notices.svelte';

/** A repository or folder that the person named. */
export type Inspection =
  | { readonly phase: 'none' }
  | { readonly phase: 'looking' }
  | { readonly phase: 'found'; readonly checkpoint: RemoteCheckpoint }
  | { readonly phase: 'failed'; readonly problem: string };

export interface HubParts {
  readonly models: Pick<ModelsApi, 'inspect'>;
  readonly notices: Pick<Notices, 'say'>;
  /** Lets the page reach these origins too; resolves with whether it may. */
  readonly allowHosts: (origins: readonly string[]) => Promise<boolean>;
  /** A worker fetches under the rules that held when it started; false where it is busy and was left alone. */
  readonly restartModels: () => boolean;
  /** Where the hub's address is remembered. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  /** The page's own origin. */
  readonly origin: string;
}

const REMEMBERED = 'clipscope hub';

/** Where models come from, and what lies at an address that the person named. */
export class Hub {
  #address = $state(DEFAULT_HUB);
  #inspection = $state.raw<Inspection>({ phase: 'none' });
  readonly #parts: HubParts;
  /** Origins other than the default hub's that the page may reach. */
  readonly #allowed = new Set<string>();
  /** A turn a look: an answer to an older one is dropped. */
  readonly #turns = turns();

  constructor(parts: HubParts) {
    this.#parts = parts;
    const remembered = parts.memory?.getItem(REMEMBERED);
    this.#address = (remembered && readHub(remembered)) || DEFAULT_HUB;
  }

  /** The hub's base address, without a slash at its end. */
  get address(): string {
    return this.#address;
  }

  get inspection(): Inspection {
    return this.#inspection;
  }

  source(repository: string): RemoteSource {
    return { kind: 'hub', hub: this.#address, repository };
  }

  /** Takes another hub, or the default one where `text` is empty; false where `text` is no address. */
  async setAddress(text: string): Promise<boolean> {
    const { memory, notices } = this.#parts;
    const address = text.trim() === '' ? DEFAULT_HUB : readHub(text);
    if (address === undefined) return false;
    this.#address = address;
    this.#inspection = { phase: 'none' };
    if (address === DEFAULT_HUB) memory?.removeItem(REMEMBERED);
    else memory?.setItem(REMEMBERED, address);
    await this.reach(this.source(''));
    notices.say(`Models come from ${new URL(address).host}`);
    return true;
  }

  /**
   * Sees to it that the page may fetch from where `source` lies.
   *
   * Why a refusal is no failure yet: the page's server may allow the host by itself, and where nobody does, the request
   * says so by name.
   */
  async reach(source: RemoteSource): Promise<void> {
    const { origin, allowHosts, restartModels } = this.#parts;
    const host = originOf(source);
    if (host === origin || host === new URL(DEFAULT_HUB).origin || this.#allowed.has(host)) return;
    if (!(await allowHosts([...this.#allowed, host]).catch(() => false))) return;
    if (restartModels()) this.#allowed.add(host);
  }

  /** Looks at what `text` names: a repository on the hub, or a folder anywhere. */
  async look(text: string): Promise<void> {
    const isLatest = this.#turns.begin();
    const source = readSource(text, this.#address);
    if (!source) {
      this.#inspection = { phase: 'failed', problem: SOURCE_HINT };
      return;
    }
    this.#inspection = { phase: 'looking' };
    try {
      await this.reach(source);
      if (!isLatest()) return;
      const checkpoint = await this.#parts.models.inspect(source);
      if (isLatest()) this.#inspection = { phase: 'found', checkpoint };
    } catch (error) {
      const { happened, todo } = describe(error);
      if (isLatest()) this.#inspection = { phase: 'failed', problem: `${happened} ${todo}` };
    }
  }

  /** Nothing is asked any more. */
  forget(): void {
    this.#turns.end();
    this.#inspection = { phase: 'none' };
  }
}
