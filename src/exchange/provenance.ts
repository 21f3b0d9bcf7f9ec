import type { PreprocessSettings } from '../core/preprocess-settings';

/** What made the embeddings of a file. */
export interface Provenance {
  /** Id of the model. */
  readonly model: string;
  /** Numbers a row. */
  readonly dim: number;
  /** How its weights were kept, such as fp32 or 8-bit. */
  readonly precision: string;
  readonly preprocess: PreprocessSettings;
}

/** The keys of a Parquet footer under which `Provenance` is written. */
const PREFIX = 'embedding.';

/** As key-value pairs of a Parquet file's footer. */
export function footerOf({
  model,
  dim,
  precision,
  preprocess,
}: Provenance): { key: string; value: string }[] {
  return Object.entries({
    model,
    dimension: String(dim),
    precision,
    preprocessing: JSON.stringify(preprocess),
    normalised: 'true',
  }).map(([key, value]) => ({ key: `${PREFIX}${key}`, value }));
}

/** The model that a footer names; undefined if it names none. */
export function modelNamed(footer: ReadonlyMap<string, string>): string | undefined {
  return footer.get(`${PREFIX}model`);
}
