/** A model that comes with the page. */
export interface BuiltInModel {
  readonly id: string;
  readonly name: string;
  /** Folder of its OpenCLIP checkpoint, relative to the page. */
  readonly folder: string;
  /** A caveat for the user. */
  readonly note: string;
}

/** The built-in models, largest first; the first is the one the page opens with. */
export const BUILT_IN_MODELS: readonly [BuiltInModel, ...BuiltInModel[]] = [
  {
    id: 'clipscope-l',
    name: 'clipscope-l',
    folder: 'models/clipscope-l/',
    note: 'This built-in model knows drawings, not photos.',
  },
  {
    id: 'clipscope-m',
    name: 'clipscope-m',
    folder: 'models/clipscope-m/',
    note: 'This built-in model knows drawings, not photos; it finds less than the large one.',
  },
  {
    id: 'clipscope-s',
    name: 'clipscope-s',
    folder: 'models/clipscope-s/',
    note: 'This built-in model knows drawings, not photos; it is the fastest of the three.',
  },
];
