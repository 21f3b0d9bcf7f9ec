import type { Retrieval } from '../../../workers/evaluation-api';

/** Unit rows of 2 numbers at these angles, in degrees. */
function rowsAt(...angles: number[]) {
  const data = Float32Array.from(
    angles.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  );
  return { count: angles.length, dim: 2, data };
}

/** Candidates at 0, 30 and 90 degrees; their ranks for the four queries' answers are 0, 1, 1 and 2. */
export const RETRIEVAL: Retrieval = {
  queries: rowsAt(0, 10, 50, 100),
  candidates: rowsAt(0, 30, 90),
  answers: Int32Array.of(0, 1, 2, 0),
};
