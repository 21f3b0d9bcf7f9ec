/** The panels that open beside the pictures, one at a time. */
export const SHEETS = [
  'folders',
  'models',
  'storage',
  'checkpoint',
  'duplicates',
  'export',
  'label-set',
  'searching',
  'searches',
  'help',
] as const;

export type SheetName = (typeof SHEETS)[number];

/** The panels that show storage use. */
export const SHOWING_ROOM: readonly SheetName[] = ['models', 'storage', 'checkpoint', 'help'];
