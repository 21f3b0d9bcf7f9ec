import { table } from '../tools/evaluation/cards';
import type { Summary } from './speed-table';

/** One architecture in one arithmetic. */
export interface FamilySpeed {
  /** Of a picture: two for each multiplication of the tower's steps. */
  readonly gflops: number;
  readonly milliseconds: Summary;
  readonly 'GFLOP/s': Summary;
  /** By the plain ViT's in the same round. */
  readonly timesViT: Summary;
}

/** The used fields of `bench/results/families.json`: architectures by name, the plain ViT first. */
export interface Families {
  readonly threads: number;
  readonly batch: number;
  readonly architectures: Readonly<Record<string, Readonly<Record<'fp32' | 'int8', FamilySpeed>>>>;
}

/** The README's table: a row for each architecture. */
export function familyTable({ architectures }: Families): string {
  return table(
    ['architecture', 'GFLOPs', 'fp32 GFLOP/s', "by the ViT's", 'int8 GFLOP/s', "by the ViT's"],
    Object.entries(architectures).map(([name, { fp32, int8 }]) => [
      name,
      fp32.gflops.toFixed(1),
      ...[fp32, int8].flatMap((speed) => [
        speed['GFLOP/s'].median.toFixed(0),
        speed.timesViT.median.toFixed(2),
      ]),
    ]),
  );
}
