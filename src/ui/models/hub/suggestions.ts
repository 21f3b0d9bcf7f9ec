import { CATALOGUE, findEntry, type CatalogueEntry } from '../../../clip/catalogue';
import { recommendedPrecision, type DeviceMemory } from '../../../clip/footprint';
import type { Precision } from '../model-words';

/** A suggested model, with one word for its strength. */
export interface Suggestion {
  readonly title: string;
  readonly entry: CatalogueEntry;
}

/** The user's filter on the catalogue. */
export interface CatalogueFilter {
  /** Words that must all occur in a model's names, family, data or licence. */
  readonly text: string;
  readonly fitting: boolean;
  readonly multilingual: boolean;
}

/** Models that differ only in size, small to large. */
export interface Family {
  readonly name: string;
  readonly entries: readonly CatalogueEntry[];
}

/**
 * Why these: for the sizes quick, base and large, the most accurate for their compute among models with safetensors on
 * the hub and a permissive licence; and the base size of the multilingual ones.
 */
const SUGGESTED: readonly (readonly [title: string, id: string])[] = [
  ['Quick', 'ViT-B-32:laion2b_s34b_b79k'],
  ['Balanced', 'ViT-B-16:datacomp_xl_s13b_b90k'],
  ['Accurate', 'ViT-L-16-SigLIP-256:webli'],
  ['Multilingual', 'ViT-B-16-SigLIP2:webli'],
];

/** Every suggestion, from quick to slow. */
export const SUGGESTIONS: readonly Suggestion[] = SUGGESTED.flatMap(([title, id]) => {
  const entry = findEntry(id);
  return entry ? [{ title, entry }] : [];
});

/** The suggestion that costs least among those that fit `device`, else the smallest entry that does. */
export function suggestFor(
  device: DeviceMemory,
): { readonly entry: CatalogueEntry; readonly precision: Precision } | undefined {
  const bySize = CATALOGUE.toSorted((a, b) => a.downloadBytes - b.downloadBytes);
  for (const entry of [...SUGGESTIONS.map((suggestion) => suggestion.entry), ...bySize]) {
    const precision = recommendedPrecision(entry, device);
    if (precision) return { entry, precision };
  }
  return undefined;
}

/** The entries that pass `filter` on `device`, in catalogue order. */
export function filterEntries(
  filter: CatalogueFilter,
  device: DeviceMemory,
  entries: readonly CatalogueEntry[] = CATALOGUE,
): CatalogueEntry[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (filter.multilingual && entry.languages !== 'multilingual') return false;
    if (filter.fitting && recommendedPrecision(entry, device) === undefined) return false;
    const said = wordsOf(entry);
    return words.every((word) => said.includes(word));
  });
}

function wordsOf({ id, name, family, repository, license, languages, training }: CatalogueEntry): string {
  return [id, name, family, repository, license, languages, training.data].join(' ').toLowerCase();
}

/** Families in the order of their first entries. */
export function familiesOf(entries: readonly CatalogueEntry[]): Family[] {
  const families = new Map<string, CatalogueEntry[]>();
  for (const entry of entries) {
    const members = families.get(entry.family);
    if (members) members.push(entry);
    else families.set(entry.family, [entry]);
  }
  return Array.from(families, ([name, members]) => ({ name, entries: members }));
}
