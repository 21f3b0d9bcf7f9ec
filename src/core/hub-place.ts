/** A repository on a hub, or a place in it. */
export interface HubPlace {
  /** `owner/name`. */
  readonly repository: string;
  readonly folder?: string;
  /** The name of a file. */
  readonly weights?: string;
}

/** Names a checkpoint on a hub: `owner/name`, with the path in it that was asked for. */
export function placeOf({ repository, folder, weights }: HubPlace): string {
  return [repository, folder, weights].filter((part) => part !== undefined).join('/');
}
