/** Tags of photo files, read by ExifReader within bounds. */
import ExifReader from 'exifreader';
import type { ExpandedTags, IncludeTagsOptions, MetadataBlock } from 'exifreader';

/** The tags to read; all others are ignored. */
const EXIF = [
  'DateTimeOriginal',
  'DateTimeDigitized',
  'Make',
  'Model',
  'GPSLatitude',
  'GPSLatitudeRef',
  'GPSLongitude',
  'GPSLongitudeRef',
];
const IPTC = ['Date Created', 'Time Created', 'Keywords'];
const XMP = [
  'DateTimeOriginal',
  'DateCreated',
  'DateTimeDigitized',
  'CreateDate',
  'Make',
  'Model',
  'GPSLatitude',
  'GPSLongitude',
  'subject',
  'hierarchicalSubject',
];

/** Maximum bytes of EXIF that are read; four times JPEG's limit, for what other formats hold. */
const LONGEST_EXIF = 2 ** 18;

/** A TIFF file's first bytes, and how far into a block of EXIF they may be: after its name and length. */
const TIFF_MARKS = ['II*\0', 'MM\0*'];
const TIFF_WITHIN = 64;

/** Maximum characters of XMP that are parsed. Longer ones hold previews and depth maps. */
const LONGEST_XMP = 2 ** 17;

/** Maximum number of blocks; a file with more is not a camera's. */
const MOST_BLOCKS = 2000;

/** The blocks of metadata in a photo's file. @throws Error if there are none, or too many */
export async function findBlocks(file: ArrayBuffer): Promise<readonly MetadataBlock[]> {
  const { metadataRange } = await ExifReader.load(file, {
    async: true,
    expanded: true,
    includeOffsets: true,
    includeTags: { file: ['FileType'] },
  });
  const blocks = metadataRange?.blocks ?? [];
  if (blocks.length > MOST_BLOCKS) throw new Error(`${blocks.length} blocks of metadata`);
  return blocks;
}

/**
 * The EXIF tags.
 *
 * Why not from the whole file: a tag may claim to be as long as the file, and ExifReader takes a second for each
 * megabyte of it. In its own block it cannot.
 */
export async function exifTags(
  file: ArrayBuffer,
  blocks: readonly MetadataBlock[],
): Promise<ExpandedTags['exif']> {
  const own = blocks.filter(({ type }) => type === 'exif');
  const tiff = own
    .map(({ start, end }) => tiffIn(file.slice(start, end)))
    .find((found) => found !== undefined);
  if (tiff) return (await load(tiff, { exif: EXIF })).exif;
  // JPEG XL and PNG may compress it. It is then expanded first, to no more than `LONGEST_EXIF`.
  const isCompressed = own.every(({ start }) => textAt(file, start + 4, 4) === 'brob');
  return isCompressed && blocks.some(({ type }) => type === 'exif' || type === 'png')
    ? (await load(file, { exif: EXIF })).exif
    : undefined;
}

/** The TIFF file, as whose tags EXIF is written, that begins in the first bytes of a block. */
function tiffIn(block: ArrayBuffer): ArrayBuffer | undefined {
  for (let at = 0; at < TIFF_WITHIN; at++) {
    if (TIFF_MARKS.includes(textAt(block, at, 4))) return block.slice(at, at + LONGEST_EXIF);
  }
  return undefined;
}

/** `length` bytes as Latin-1, or fewer at the end. */
function textAt(bytes: ArrayBuffer, offset: number, length: number): string {
  return String.fromCharCode(...new Uint8Array(bytes.slice(offset, offset + length)));
}

/** The tags of IPTC and XMP. */
export async function otherTags(
  file: ArrayBuffer,
  blocks: readonly MetadataBlock[],
): Promise<Pick<ExpandedTags, 'iptc' | 'xmp'>> {
  if (!blocks.some(({ type }) => type === 'xmp')) return load(file, { iptc: IPTC });
  // Loaded on demand: few photos need it.
  const { DOMParser, onErrorStopParsing } = await import('@xmldom/xmldom');
  const parser = new DOMParser({ onError: onErrorStopParsing });
  return load(file, { iptc: IPTC, xmp: XMP }, (xml) => {
    if (xml.length > LONGEST_XMP) throw new Error(`${xml.length} characters of XMP`);
    return parser.parseFromString(xml, 'application/xml');
  });
}

function load(
  file: ArrayBuffer,
  includeTags: IncludeTagsOptions,
  parseFromString?: (xml: string) => unknown,
): Promise<ExpandedTags> {
  return ExifReader.load(file, {
    // Compressed blocks are only read with `async`.
    async: true,
    expanded: true,
    computed: true,
    includeTags,
    decompress: { maxDecompressedSize: LONGEST_EXIF },
    ...(parseFromString && { domParser: { parseFromString } }),
  });
}
