import type { FixtureIndex } from '../../tools/conformance/fixture-picture';
import indexJson from '../fixtures/preprocess/index.json';

/** The preprocessing fixtures; in Node and in browsers. */
export const index = indexJson as unknown as FixtureIndex;
