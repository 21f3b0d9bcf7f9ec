/**
 * The icon sets that drawings come from. `emoji` sets draw one thing a code point; `icons` sets draw many other things, of
 * which only those are taken whose name is exactly that of a concept. A set of one colour is painted anew in each scene.
 */
export const TRAINED_ON = [
  { set: 'noto', kind: 'emoji' },
  { set: 'twemoji', kind: 'emoji' },
  { set: 'fluent-emoji', kind: 'emoji' },
  { set: 'fluent-emoji-flat', kind: 'emoji' },
  { set: 'emojione', kind: 'emoji' },
  { set: 'fxemoji', kind: 'emoji' },
  { set: 'streamline-emojis', kind: 'emoji' },
  { set: 'fluent-emoji-high-contrast', kind: 'emoji' },
  { set: 'emojione-monotone', kind: 'emoji' },
  { set: 'flat-color-icons', kind: 'icons' },
  { set: 'fluent-color', kind: 'icons' },
  { set: 'icon-park', kind: 'icons' },
  { set: 'meteocons', kind: 'icons' },
  { set: 'streamline-cyber-color', kind: 'icons' },
  { set: 'streamline-flex-color', kind: 'icons' },
  { set: 'streamline-freehand-color', kind: 'icons' },
  { set: 'streamline-kameleon-color', kind: 'icons' },
  { set: 'streamline-plump-color', kind: 'icons' },
  { set: 'streamline-stickies-color', kind: 'icons' },
  { set: 'streamline-ultimate-color', kind: 'icons' },
  { set: 'game-icons', kind: 'icons' },
  { set: 'fa-solid', kind: 'icons' },
  { set: 'healthicons', kind: 'icons' },
  { set: 'maki', kind: 'icons' },
  { set: 'material-symbols', kind: 'icons' },
  { set: 'mdi', kind: 'icons' },
  { set: 'ph', kind: 'icons' },
  { set: 'tabler', kind: 'icons' },
  { set: 'temaki', kind: 'icons' },
];

/** Never trained on: what the models are measured with. */
export const HELD_OUT = [
  { set: 'noto-v1', kind: 'emoji' },
  { set: 'openmoji', kind: 'emoji' },
];

/** The sample album's styles, in turn; one picture in eight is in a style that was never trained on. */
export const ALBUM_STYLES = [
  ...['fluent-emoji', 'noto', 'twemoji', 'fluent-emoji-flat', 'fluent-emoji', 'noto', 'twemoji', 'openmoji'],
  ...[
    'fluent-emoji-flat',
    'fluent-emoji',
    'noto',
    'twemoji',
    'fluent-emoji-flat',
    'fluent-emoji',
    'noto',
    'noto-v1',
  ],
];
