import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DRAWING_SIDE, onWhite, type HeldOutDrawing } from './held-out';

/** Drawings of one style, each with what it shows in general: "a fruit". */
export interface DrawingGroup {
  readonly set: string;
  /** Whether the built-in models were trained on the style. */
  readonly isSeen: boolean;
  readonly drawings: readonly HeldOutDrawing[];
  /** Of each drawing, as an index of the labels. */
  readonly targets: Int32Array<ArrayBuffer>;
}

export interface DrawingGroups {
  /** What the concepts are in general, such as "a fruit". */
  readonly labels: readonly string[];
  readonly styles: readonly DrawingGroup[];
}

interface Row {
  readonly concept: number;
  readonly set: string;
  readonly manner: string;
}

/**
 * Reads what `make data` in `training` wrote to `folder`: a drawing of each concept in each style, as it is, labelled by the
 * first of the concept's more general names. Labels are left out that have fewer than `least` drawings in one of the styles.
 * @param seen styles trained on that are read too
 * @throws Error with instructions if it is missing
 */
export async function readDrawingGroups(
  folder: string,
  seen: readonly string[],
  least: number,
): Promise<DrawingGroups> {
  const file = (name: string) => path.join(folder, name);
  const names = ['concepts.json', 'held-out.json', 'held-out.rgba', 'trained.json', 'trained.rgba'];
  for (const name of names)
    if (!existsSync(file(name)))
      throw new Error(`${file(name)} is missing: run "make data" in the folder training first.`);
  const json = async (name: string) => JSON.parse(await readFile(file(name), 'utf8')) as unknown;
  const concepts = (await json('concepts.json')) as { readonly hypernyms: readonly string[] }[];
  const labelOf = ({ concept }: Row) => concepts[concept]!.hypernyms[0];
  const unseenRows = (await json('held-out.json')) as Row[];
  const seenRows = (await json('trained.json')) as Row[];
  const styles = [
    ...[...new Set(unseenRows.map(({ set }) => set))].map((set) => ({ set, isSeen: false })),
    ...seen.map((set) => ({ set, isSeen: true })),
  ].map((style) => {
    const taken = new Set<number>();
    const rows = (style.isSeen ? seenRows : unseenRows).flatMap((row, at) => {
      if (row.set !== style.set || row.manner !== 'plain' || taken.has(row.concept)) return [];
      taken.add(row.concept);
      return [{ ...row, at, label: labelOf(row) }];
    });
    return { ...style, rows };
  });
  const labels = [...new Set(concepts.flatMap(({ hypernyms }) => hypernyms[0] ?? []))].filter((label) =>
    styles.every(({ rows }) => rows.filter((row) => row.label === label).length >= least),
  );
  return {
    labels,
    styles: await Promise.all(
      styles.map(async ({ set, isSeen, rows }) => {
        const own = rows.filter(({ label }) => label !== undefined && labels.includes(label));
        const drawings: HeldOutDrawing[] = [];
        const bytes = Buffer.alloc(DRAWING_SIDE * DRAWING_SIDE * 4);
        const drawn = await open(file(isSeen ? 'trained.rgba' : 'held-out.rgba'));
        try {
          for (const { concept, at } of own) {
            await drawn.read(bytes, 0, bytes.length, at * bytes.length);
            drawings.push({ set, concept, picture: onWhite(bytes, 0) });
          }
        } finally {
          await drawn.close();
        }
        return {
          set,
          isSeen,
          drawings,
          targets: Int32Array.from(own, ({ label }) => labels.indexOf(label!)),
        };
      }),
    ),
  };
}
