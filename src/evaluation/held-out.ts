import { mulberry32 } from '../core/random';

/** Two parts of some examples, as their indices, ascending. */
export interface Split {
  readonly train: Int32Array<ArrayBuffer>;
  readonly test: Int32Array<ArrayBuffer>;
}

/**
 * Holds out half of the examples of each class, drawn by `seed`: of an odd number the smaller half, of one none, and at
 * most `most`.
 * @param targets the class of each example, 0 and up
 */
export function holdOut(targets: Int32Array, most: number, seed: number): Split {
  const random = mulberry32(seed);
  const byClass = new Map<number, number[]>();
  for (const [index, target] of targets.entries()) {
    const own = byClass.get(target);
    if (own) own.push(index);
    else byClass.set(target, [index]);
  }
  const test: number[] = [];
  for (const indices of byClass.values()) {
    const wanted = Math.min(most, indices.length >> 1);
    for (let drawn = 0; drawn < wanted; drawn++) {
      const at = Math.floor(random() * indices.length);
      test.push(...indices.splice(at, 1));
    }
  }
  const train = [...byClass.values()].flat();
  return { train: ascending(train), test: ascending(test) };
}

function ascending(indices: readonly number[]): Int32Array<ArrayBuffer> {
  return Int32Array.from(indices).sort();
}
