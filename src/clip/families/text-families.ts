import type { Settings } from '../config/settings';
import { CLIP_TEXT } from './clip-text/clip-text';
import type { ModelSettings } from './image-family';
import { M2M100 } from './m2m100/m2m100';
import { ROBERTA } from './roberta/roberta';
import type { TextFamily } from './text-family';

/** Text towers by family. A config belongs to the first that reads it. */
const FAMILIES = { clip: CLIP_TEXT, roberta: ROBERTA, m2m100: M2M100 } as const;

type Read<F> = F extends TextFamily<infer A> ? A : never;

/** A text tower of any family. */
export type TextArchitecture = Read<(typeof FAMILIES)[keyof typeof FAMILIES]>;

/** The family of a tower. */
export function textFamily(text: TextArchitecture): TextFamily<TextArchitecture> {
  return FAMILIES[text.family];
}

/** Reads the tower settings of `text_cfg`. @throws ConfigUnreadable, UnsupportedSetting, ModelTooLarge */
export function readText(settings: Settings, model: ModelSettings): TextArchitecture {
  for (const family of Object.values(FAMILIES)) {
    const text = family.read(settings, model);
    if (text !== undefined) {
      settings.finish();
      return text;
    }
  }
  const names = Object.values(FAMILIES).flatMap((family) => ('hfNames' in family ? family.hfNames : []));
  throw settings.refusal('hf_model_name', `of transformers' models Clipscope runs ${names.join(', ')}`);
}
