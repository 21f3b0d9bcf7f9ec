/** Takes out of a picture's file what browsers decode differently. */
import { exifOrientation, xmpOrientation } from './exif-orientation';
import { partedFormat, partsOf, textAt, type Part, type PartedFormat } from './file-parts';

/** A file in pieces, one after another. */
export type Pieces = readonly Uint8Array<ArrayBuffer>[];

export interface PlainFile {
  /** Without colour information, without an orientation that browsers apply, and with one frame. */
  readonly plain: Pieces;
  /** With its colour information, but else the same. */
  readonly coloured: Pieces;
  /** The orientation, 1 to 8 as in EXIF, that is still to be undone. */
  readonly orientation: number;
  /** Whether an `<img>` shows the file upright. */
  readonly isShownUpright: boolean;
  /** Whether its numbers may mean other colours than in sRGB. */
  readonly hasOtherColours: boolean;
}

/** PNG's chunks on colour (PNG specification, third edition, 11.3.2), except those that do not change how it is shown. */
const PNG_COLOUR = ['iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'mDCV', 'cLLI'];

/** PNG's chunks on animation (ibid., 11.3.2): without them a decoder reads the picture itself, which may be no frame of it. */
const PNG_FRAMES = ['acTL', 'fcTL', 'fdAT'];

/** Parts with EXIF and XMP: their names, and what they begin with. */
const EXIF: Readonly<Record<PartedFormat, PartMark>> = {
  jpeg: ['e1', 'Exif\0\0'],
  png: ['eXIf', ''],
  webp: ['EXIF', ''],
};
const XMP: Readonly<Record<PartedFormat, PartMark>> = {
  jpeg: ['e1', 'http://ns.adobe.com/xap/1.0/\0'],
  png: ['iTXt', 'XML:com.adobe.xmp\0'],
  webp: ['XMP ', ''],
};

type PartMark = readonly [name: string, start: string];

/** Flags of WebP's VP8X chunk: there is a profile, there is EXIF. */
const WEBP_PROFILE = 0x20;
const WEBP_EXIF = 0x08;

/** sRGB's transfer function, 1 / 2.2, in PNG's unit. */
const PNG_SRGB_GAMMA = 45_455;

/**
 * A picture's file as all browsers decode it alike.
 *
 * Why colour is taken out: WebKit converts colours even where `colorSpaceConversion: 'none'` forbids it. Why EXIF is:
 * no browser applies the orientation of WebP, and only WebKit that of PNG; that of JPEG they all apply, if it is written
 * as usual, but a scaled decoder does not. Why animation is: browsers give the first frame of a PNG, Pillow the picture
 * that others show.
 * @param isTurned false: the orientation in the file is to be applied by nobody
 */
export function plainFile(bytes: Uint8Array<ArrayBuffer>, isTurned = true): PlainFile {
  const format = partedFormat(bytes);
  if (!format) {
    const hasOtherColours = mayHaveOtherColours(bytes);
    return { plain: [bytes], coloured: [bytes], orientation: 1, isShownUpright: true, hasOtherColours };
  }
  const parts = partsOf(bytes, format);
  const colours = coloursOf(parts, format);
  const exif = parts.filter((part) => hasMark(part, EXIF[format]));
  const written = exif[0] && exifOrientation(exif[0].data);
  const others = [
    ...(format === 'jpeg' && !written ? [] : exif),
    ...(format === 'png' ? parts.filter(({ name }) => PNG_FRAMES.includes(name)) : []),
  ];
  const orientation = isTurned ? (written?.value ?? orientationInXmp(parts, format) ?? 1) : 1;
  return {
    plain: without(new Set([...colours, ...others]), bytes, parts, format),
    coloured: without(new Set(others), bytes, parts, format),
    orientation,
    isShownUpright: orientation === 1 || (format === 'jpeg' && written?.isUsual === true),
    hasOtherColours: !colours.some(isSrgb) && colours.some(differsFromSrgb),
  };
}

/** The pieces as one file. */
export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function hasMark({ name, data }: Part, [wanted, start]: PartMark): boolean {
  return name === wanted && textAt(data, 0, start.length) === start;
}

function orientationInXmp(parts: readonly Part[], format: PartedFormat): number | undefined {
  const xmp = parts.find((part) => hasMark(part, XMP[format]));
  return xmp && xmpOrientation(xmp.data);
}

function coloursOf(parts: readonly Part[], format: PartedFormat): readonly Part[] {
  if (format === 'png') return parts.filter(({ name }) => PNG_COLOUR.includes(name));
  if (format === 'webp') return parts.filter(({ name }) => name === 'ICCP');
  const profile = parts.filter(({ name, data }) => name === 'e2' && textAt(data, 0, 12) === 'ICC_PROFILE\0');
  // A profile of four inks says how its numbers become RGB at all.
  return profile[0] && textAt(profile[0].data, 30, 4) === 'CMYK' ? [] : profile;
}

/** A profile is known by the name it has, in ASCII or UTF-16. */
function isSrgb({ name, data }: Part): boolean {
  if (name === 'sRGB') return true;
  if (name === 'cICP') return data[0] === 1 && data[1] === 13;
  const profile = textAt(data, 0, 4096).replaceAll('\0', '');
  return ['iCCP', 'ICCP', 'e2'].includes(name) && profile.includes('sRGB');
}

function differsFromSrgb({ name, data }: Part): boolean {
  if (name !== 'gAMA') return ['iCCP', 'ICCP', 'e2', 'cICP'].includes(name);
  return Math.abs(new DataView(data.buffer, data.byteOffset).getUint32(0) - PNG_SRGB_GAMMA) > 500;
}

/** AVIF says so in its first bytes, in a "colr" box (ISO 14496-12, 12.1.5); JPEG XL where it cannot be read here. */
function mayHaveOtherColours(bytes: Uint8Array): boolean {
  const head = textAt(bytes, 0, 4096);
  if (head.startsWith('\xff\x0a') || head.startsWith('JXL ', 4)) return true;
  const at = head.indexOf('colr');
  if (!head.startsWith('ftyp', 4) || at < 0) return false;
  const kind = head.slice(at + 4, at + 8);
  return kind === 'prof' ? !head.includes('sRGB') : kind === 'nclx' && bytes[at + 9] !== 1;
}

/** The file without some of its parts; the file itself if there are none to leave out. */
function without(
  left: ReadonlySet<Part>,
  bytes: Uint8Array<ArrayBuffer>,
  parts: readonly Part[],
  format: PartedFormat,
): Pieces {
  if (left.size === 0) return [bytes];
  const kept = parts.filter((part) => !left.has(part)).map((part) => part.bytes);
  const last = parts.at(-1)!.bytes;
  // What follows the last whole part, as in a file that is cut off.
  const rest = bytes.subarray(last.byteOffset + last.byteLength - bytes.byteOffset);
  if (format !== 'webp') return [bytes.subarray(0, format === 'png' ? 8 : 2), ...kept, rest];
  const names = new Set([...left].map(({ name }) => name));
  const body = kept.map((part) => (textAt(part, 0, 4) === 'VP8X' ? withoutFlags(part, names) : part));
  const header = bytes.slice(0, 12);
  const cut = [...left].reduce((sum, part) => sum + part.bytes.length, 0);
  const view = new DataView(header.buffer);
  view.setUint32(4, view.getUint32(4, true) - cut, true);
  return [header, ...body, rest];
}

function withoutFlags(part: Uint8Array<ArrayBuffer>, names: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const copy = part.slice();
  const flags = (names.has('ICCP') ? WEBP_PROFILE : 0) | (names.has('EXIF') ? WEBP_EXIF : 0);
  copy[8] = (copy[8] ?? 0) & ~flags;
  return copy;
}
