/**
 * How a photo is decoded: whole, for an embedding as the reference's to the bit of its pixels; or JPEGs at a scale, in a
 * fraction of the time.
 */
export type Decoding = 'exact' | 'scaled';
