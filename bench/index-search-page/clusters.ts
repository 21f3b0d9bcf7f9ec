import { mulberry32 } from '../../src/core/random';
import { normalise } from '../../src/core/vectors';

/** Rows around one direction, so that the k-th best of a query there has many near it. */
const CLUSTER_ROWS = 1000;

/** Lengths, beside a middle of length 1, of what tells a cluster from another, and a row from its cluster. */
const APART = 1;
const WITHIN = 0.25;

/**
 * Unit rows in a narrow cone, as CLIP's are, in clusters of 1,000: two rows have a cosine of about 0.5, two of a cluster
 * 0.97. Row i is the same whenever it is asked for.
 */
export class Clusters {
  readonly #dim: number;
  readonly #middle: Float32Array;
  #centre: { readonly cluster: number; readonly row: Float32Array } | undefined;

  constructor(dim: number) {
    this.#dim = dim;
    this.#middle = this.#draw(0, 1);
  }

  row(i: number): Float32Array<ArrayBuffer> {
    const cluster = Math.floor(i / CLUSTER_ROWS);
    if (this.#centre?.cluster !== cluster) {
      this.#centre = { cluster, row: added(this.#middle, this.#draw(2 * cluster + 1, APART)) };
    }
    return normalise(added(this.#centre.row, this.#draw(2 * i + 2, WITHIN)));
  }

  /** A vector in any direction, of about that length. */
  #draw(seed: number, length: number): Float32Array {
    const random = mulberry32(Math.imul(seed, 0x9e3779b1));
    const scale = length * Math.sqrt(12 / this.#dim);
    return Float32Array.from({ length: this.#dim }, () => (random() - 0.5) * scale);
  }
}

function added(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!);
}
