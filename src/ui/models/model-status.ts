import type { LoadedModel, Progress } from '../../../workers/api';

/** Status of the clip worker. */
export type ModelStatus =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'loading';
      readonly id: string;
      readonly name: string;
      readonly progress: Progress | undefined;
    }
  | { readonly phase: 'ready'; readonly loaded: LoadedModel }
  | { readonly phase: 'stopped'; readonly id: string; readonly name: string };
