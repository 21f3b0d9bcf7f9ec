import type { ModelsApi, RemoteCheckpoint, RemoteSource } from '../../../../workers/models-api';
import { turns } from '../../../core/tasks';
import { describe } from '../../kit/failures';
import { DEFAULT_HUB, originOf, readHub, readSource, SOURCE_HINT } from './hub-source';
import { placeInFileSystem } from './hub-page';
import type { Notices } from '../../kit/notices.svelte';
import type { Memory } from '../../kit/memory';

/** The inspection of a repository or folder named by the user. */
export type Inspection =
  | { readonly phase: 'none' }
  | { readonly phase: 'looking' }
  | { readonly phase: 'found'; readonly checkpoint: RemoteCheckpoint }
  | { readonly phase: 'failed'; readonly problem: string };

export interface HubParts {
  readonly models: Pick<ModelsApi, 'inspect'>;
  readonly notices: Pick<Notices, 'say'>;
  /** Allows requests to these origins; resolves with whether they are allowed. */
  readonly allowHosts: (origins: readonly string[]) => Promise<boolean>;
  /** Restarts the models worker, which keeps the policy it started with; false if it is busy. */
  readonly restartModels: () => boolean;
  /** Where the hub's URL is remembered. */
  readonly memory: Memory | undefined;
  /** The page's own origin. */
  readonly origin: string;
}

const REMEMBERED = 'clipscope hub';

/** The hub in use, and the checkpoint being inspected. */
export class Hub {
  #address = $state(DEFAULT_HUB);
  #inspection = $state.raw<Inspection>({ phase: 'none' });
  readonly #parts: HubParts;
  /** Allowed origins besides the default hub's. */
  readonly #allowed = new Set<string>();
  /** One turn per inspection: stale results are discarded. */
  readonly #turns = turns();

  constructor(parts: HubParts) {
    this.#parts = parts;
    const remembered = parts.memory?.getItem(REMEMBERED);
    this.#address = (remembered && readHub(remembered)) || DEFAULT_HUB;
  }

  /** The hub's base URL, without a trailing slash. */
  get address(): string {
    return this.#address;
  }

  get inspection(): Inspection {
    return this.#inspection;
  }

  /** @param place `owner/name`, or the path of a folder or a file of weights there */
  source(place: string): RemoteSource {
    return placeInFileSystem(place, this.#address) ?? { kind: 'hub', hub: this.#address, repository: place };
  }

  /** Sets another hub, or the default one if `text` is empty; false if `text` is not a URL. */
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
   * Allows requests to the host of `source`.
   *
   * Why a refusal is not a failure yet: the page's server may allow the host anyway; if not, the request fails with
   * HostNotAllowed.
   */
  async reach(source: RemoteSource): Promise<void> {
    const { origin, allowHosts, restartModels } = this.#parts;
    const host = originOf(source);
    if (host === origin || host === new URL(DEFAULT_HUB).origin || this.#allowed.has(host)) return;
    if (!(await allowHosts([...this.#allowed, host]).catch(() => false))) return;
    if (restartModels()) this.#allowed.add(host);
  }

  /** Inspects the checkpoint named by `text`: a repository on the hub, or a folder anywhere. */
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

  /** Closes the inspection. */
  forget(): void {
    this.#turns.end();
    this.#inspection = { phase: 'none' };
  }
}
