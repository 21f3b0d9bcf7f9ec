import {
  LEAST_COSINES,
  SOURCES,
  type CatalogueEntry,
  type Source,
  type SourceKey,
} from '../../../clip/catalogue';
import {
  fits,
  footprintOf,
  keptBytesOf,
  recommendedPrecision,
  type DeviceMemory,
} from '../../../clip/footprint';
import { imageSizeText, type Precision } from '../model-words';
import { bytesText, countText, percentText, plural, timeLeftText, weightsText } from '../../kit/words';

/** The reference for compute: OpenCLIP's ViT-B-32 at 224 px, in GFLOPs per picture. */
export const UNIT_OF_WORK = { name: 'ViT-B/32', gflops: 8.82 } as const;

/** Shown for an unpublished figure. */
const UNKNOWN = '–';

/** OpenCLIP's architecture and tag of a model, as written in code: "ViT-B-32 laion2b_s34b_b79k". */
export function nameOf({ id }: Pick<CatalogueEntry, 'id'>): string {
  const [architecture = id, tag = ''] = id.split(':');
  return `${architecture.replace(/-quickgelu$/, '')} ${tag}`.trim();
}

/** Without what it was trained on: "ViT-B/32". */
export function shortNameOf({ name }: Pick<CatalogueEntry, 'name'>): string {
  return name.split(' · ')[0] ?? name;
}

/** A connection slower than most, in bits a second. */
const SLOW = { name: '10 Mbit/s', bits: 10e6 } as const;

/** What getting a model costs: "605 MB to download, about 8 minutes at 10 Mbit/s". */
export function costText({ downloadBytes }: Pick<CatalogueEntry, 'downloadBytes'>): string {
  const seconds = (8 * downloadBytes) / SLOW.bits;
  return `${bytesText(downloadBytes)} to download, ${timeLeftText(seconds)} at ${SLOW.name}`;
}

/** "4 ×", "1.3 ×", "38 ×": the compute per picture as a multiple of ViT-B/32's. */
export function workText({ image }: Pick<CatalogueEntry, 'image'>): string {
  const times = image.gflops / UNIT_OF_WORK.gflops;
  const rounded = times < 9.95 ? Math.round(times * 10) / 10 : Math.round(times);
  return `${countText(rounded)} ×`;
}

/** "334.6 GFLOPs a picture, 38 × the work of ViT-B/32". */
export function workSentence(entry: Pick<CatalogueEntry, 'image'>): string {
  const times = workText(entry);
  const against = times === '1 ×' ? 'as much as' : `${times} the work of`;
  return `${entry.image.gflops.toFixed(1)} GFLOPs a picture, ${against} ${UNIT_OF_WORK.name}`;
}

/** One figure of a row: the visible text, and the term read before it by screen readers. */
export interface Fact {
  readonly term: string;
  readonly text: string;
  /** A mark for a figure that differs from its column: "@1". */
  readonly mark?: string;
}

/** The column headings of `factsOf`. */
export const COLUMNS: readonly string[] = ['ImageNet', 'COCO R@5', 'Work', 'On disk', 'Download'];

/** The figures of a row, one per column: accuracy first, then cost in `precision`. */
export function factsOf(entry: CatalogueEntry, precision: Precision): Fact[] {
  const coco = entry.retrieval?.cocoAt5;
  const cocoFirst = entry.retrieval?.cocoAt1;
  return [
    {
      term: 'ImageNet zero-shot top-1',
      text: entry.accuracy ? percentText(entry.accuracy.imagenetTop1) : UNKNOWN,
    },
    coco || !cocoFirst
      ? { term: 'COCO text-to-image R@5', text: coco ? percentText(coco.textToImage) : UNKNOWN }
      : { term: 'COCO text-to-image R@1', text: percentText(cocoFirst.textToImage), mark: '@1' },
    { term: `Work, ${UNIT_OF_WORK.name} being 1`, text: workText(entry) },
    { term: 'On disk', text: bytesText(keptBytesOf(entry, precision)) },
    { term: 'Download', text: bytesText(entry.downloadBytes) },
  ];
}

/** Memory of the larger tower while open: towers that do not fit together are opened one at a time. */
function openBytes(entry: CatalogueEntry, precision: Precision, device: DeviceMemory): number {
  const { image, text } = footprintOf(entry, precision, device);
  return Math.max(image.memory, text.memory);
}

/** Size of a precision on disk and in memory, for a list of choices: "303 MB, 620 MB". */
export function precisionText(entry: CatalogueEntry, precision: Precision, device: DeviceMemory): string {
  const costs = `${bytesText(keptBytesOf(entry, precision))}, ${bytesText(openBytes(entry, precision, device))}`;
  return fits(entry, precision, device).fits ? costs : `${costs}: too much here`;
}

/** The same in a sentence: "303 MB on disk, and 620 MB of GPU memory while it works." */
export function precisionSentence(entry: CatalogueEntry, precision: Precision, device: DeviceMemory): string {
  const memory = device.backend === 'webgpu' ? 'GPU memory' : 'memory';
  const open = bytesText(openBytes(entry, precision, device));
  return `${bytesText(keptBytesOf(entry, precision))} on disk, and ${open} of ${memory} while it works.`;
}

/**
 * Accuracy of a precision: "On the built-in model every embedding keeps a cosine of at least 0.99998 to full
 * precision." Empty for full precision.
 */
export function accuracySentence(precision: Precision): string {
  if (precision === 'fp32') return '';
  const cosine = LEAST_COSINES[precision];
  const kept =
    cosine === 1 ? 'its direction to five decimals' : `a cosine of at least ${cosine} to full precision`;
  return `On the built-in model every embedding keeps ${kept}.`;
}

/** The default precision on this device: the smallest if none fits. */
export function presetPrecision(entry: CatalogueEntry, device: DeviceMemory): Precision {
  return recommendedPrecision(entry, device) ?? 'q4';
}

const LANGUAGES: Readonly<Record<CatalogueEntry['languages'], string>> = {
  english: 'English',
  multilingual: 'Many languages',
};

/** What a family's models have in common, or the alternatives: "English · MIT". */
export function familyText(entries: readonly CatalogueEntry[]): string {
  const languages = [...new Set(entries.map((entry) => LANGUAGES[entry.languages]))];
  const licences = [...new Set(entries.map(({ license }) => license))];
  return [languages.join(' or ').replace('or Many', 'or many'), licences.join(' or ')].join(' · ');
}

/** Further remarks on an entry, beyond its heading: languages, licence, fewer bits. */
export function remarkOf(
  entry: CatalogueEntry,
  precision: Precision,
  told: readonly CatalogueEntry[] = [],
): string {
  const differ = (get: (entry: CatalogueEntry) => string) => new Set(told.map(get)).size !== 1;
  const usual = entry.languages === 'english';
  return [
    differ(({ languages }) => languages) && !(usual && told.length > 0) ? LANGUAGES[entry.languages] : '',
    differ(({ license }) => license) ? entry.license : '',
    precision === 'q8' ? '8 bits a weight' : precision === 'q4' ? '4 bits a weight' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** "34 billion". */
const LONG = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumFractionDigits: 1,
});

/** All known facts about a model, for its details. */
export function detailsOf(entry: CatalogueEntry): Fact[] {
  const { accuracy, retrieval, training, image, text, imageSize } = entry;
  const seen = training.samplesSeen;
  const recall = [
    retrieval?.cocoAt5 && `${percentText(retrieval.cocoAt5.textToImage)} at 5`,
    retrieval?.cocoAt1 && `${percentText(retrieval.cocoAt1.textToImage)} at 1`,
  ].filter(Boolean);
  return [
    { term: 'Model', text: entry.name },
    { term: 'Trained on', text: training.data + (seen ? `, ${LONG.format(seen)} pairs seen` : '') },
    { term: 'Languages', text: LANGUAGES[entry.languages] },
    { term: 'Licence', text: entry.license },
    {
      term: 'ImageNet',
      text: accuracy ? `${percentText(accuracy.imagenetTop1)} zero-shot` : 'Not published',
    },
    { term: 'COCO', text: recall.length > 0 ? `${recall.join(', ')}, text to image` : 'Not published' },
    { term: 'Work', text: workSentence(entry) },
    { term: 'Pictures', text: imageSizeText([imageSize, imageSize]) },
    { term: 'Weights', text: weightsText(image.parameters + text.parameters) },
  ];
}

/** The sources of the published figures of `entries`, without repeats. */
export function figureSources(entries: readonly CatalogueEntry[]): Source[] {
  const keys = entries.flatMap(({ accuracy, retrieval }) => [accuracy?.source, retrieval?.source]);
  const known = keys.filter((key): key is SourceKey => key !== undefined);
  return [...new Set(known)].map((key) => SOURCES[key]);
}

/** Why no model is listed. @param larger how many would be that do not fit the device */
export function noneText(larger: number): string {
  return larger > 0
    ? `None that fits this device, but ${plural(larger, 'larger one')}.`
    : 'None in this list. Any repository on the hub can be named below.';
}

/** The page of a repository, or of a file in it, on the hub. */
export function pageOf({ repository }: Pick<CatalogueEntry, 'repository'>, hub: string): string {
  const [owner, name, ...path] = repository.split('/');
  return [hub, owner, name, ...(path.length > 0 ? ['blob', 'main', ...path] : [])].join('/');
}
