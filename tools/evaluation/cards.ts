import type { ModelFigures } from './measure';

/** The used fields of `bench/results/evaluate-builtin.json`, written by `npm run evaluate-builtin`. */
export interface Evaluation {
  readonly models: Readonly<Record<string, ModelFigures & { readonly storedBytes: number }>>;
}

/** Display names of the styles. */
export const STYLE_NAMES: Readonly<Record<string, string>> = {
  'noto-v1': 'Noto v1 ("blobs")',
  openmoji: 'OpenMoji (outlined)',
};

const percent = (share: number) => (100 * share).toFixed(1);

/** The README's table: a column per model, in percent. */
export function summaryTable({ models }: Evaluation): string {
  const all = Object.values(models);
  const styles = Object.keys(all[0]?.styles ?? {});
  const named = (style: string) => STYLE_NAMES[style] ?? style;
  const row = (head: string, cell: (figures: (typeof all)[number]) => string) => [head, ...all.map(cell)];
  return table(
    ['', ...Object.keys(models)],
    [
      row('parameters', (one) => `${((one.parameters.image + one.parameters.text) / 1e6).toFixed(1)} M`),
      row('"a NAME" finds it: 200 everyday things, styles trained on', (one) =>
        percent(one.plainNames.seenStyles),
      ),
      ...styles.map((style) =>
        row(`the same, ${named(style)}`, (one) => percent(one.plainNames.unseenStyles[style]!)),
      ),
      row('"a NAME" finds it: the sample album', (one) => percent(one.plainNames.album)),
      ...styles.map((style) =>
        row(`its name of 200 everyday ones, ${named(style)}`, (one) => both(one.styles[style]!.everyday)),
      ),
      ...styles.map((style) =>
        row(`its name of all, ${named(style)}`, (one) => both(one.styles[style]!.names)),
      ),
      row('caption to picture, the sample album', (one) => both(one.album.captionToPicture)),
    ],
  );
}

/** The tables of a model card. */
export function cardTables({ models }: Evaluation, name: string): string {
  const one = models[name];
  if (one === undefined) throw new Error(`${name} was not evaluated`);
  const styles = Object.entries(one.styles).map(([style, figures]) => [
    STYLE_NAMES[style] ?? style,
    `${figures.drawings}`,
    both(figures.names),
    both(figures.nameToDrawing),
    `${both(figures.everyday)} of ${figures.everyday.drawings}`,
  ]);
  const questions = Object.entries(one.questions).map(([kind, share]) => [kind, percent(share)]);
  return [
    table(['unseen style', 'drawings', 'drawing to name', 'name to drawing', '200 everyday things'], styles),
    table(['questions', 'answered right'], questions),
    table(
      ['"a NAME" puts the thing first', 'of 100 names'],
      [
        ['200 everyday things, a picture each, styles trained on', percent(one.plainNames.seenStyles)],
        ...Object.entries(one.plainNames.unseenStyles).map(([style, share]) => [
          `the same, ${STYLE_NAMES[style] ?? style}`,
          percent(share),
        ]),
        ['everything the sample album shows', percent(one.plainNames.album)],
      ],
    ),
    table(
      ['sample album', 'recall@1 / recall@5'],
      [
        ['caption to picture', both(one.album.captionToPicture)],
        ['picture to caption', both(one.album.pictureToCaption)],
      ],
    ),
  ].join('\n\n');
}

/** How a built-in model was trained, from `training/results/models.json`. */
export interface Training {
  readonly samples: number;
  readonly batch: number;
  /** Multiply-accumulates of all forward passes. */
  readonly macs: number;
  readonly hardware: string;
}

/** The sentence describing a model's training. */
export function trainingText({ samples, batch, macs, hardware }: Training): string {
  const seen = samples.toLocaleString('en');
  return (
    `${seen} samples in batches of ${batch}, ${(macs / 1e12).toFixed(0)} TMACs of forward passes, on ${hardware}, in bf16 ` +
    `with fp32 weights: contrastive loss, Muon and AdamW, constant rates at 64 px, then falling ones at 96 px.`
  );
}

/** `text` with the content between `<!-- NAME -->` and `<!-- /NAME -->` replaced. @throws if a marker is missing */
export function replaceMarked(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`The markers ${open} and ${close} are missing`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

const both = ({ top1, top5 }: { readonly top1: number; readonly top5: number }) =>
  `${percent(top1)} / ${percent(top5)}`;

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
